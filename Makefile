# `make` alone lists what there is. The environment lives in .venv/, the demonstration's data in var/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check lint bench

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(VENV)/runtime ## Prepare everything and serve the demonstration (PORT, FACTCHECK_DATA_DIR)
	@$(BIN)/python manage.py demo

test: $(VENV)/dev ## Prepare everything and run the whole test suite
	$(BIN)/python -m pytest

check: lint test ## All that CI runs

lint: $(VENV)/dev ## Format, lint, templates, types, import contract, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	git ls-files -z -- 'templates/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

bench: $(VENV)/dev ## Run the benchmarks (never part of the test suite)
	$(BIN)/python -m pytest tests/benchmarks -o python_files='bench_*.py' -s

$(VENV)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: requirements.txt | $(VENV)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/dev: requirements.txt requirements-dev.txt | $(VENV)/python
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $(VENV)/runtime $@
