"""The programs for Node and Java that judge the readers' pages (`.ci/validators`)."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings

VALIDATORS = settings.BASE_DIR / ".ci" / "validators" / "node_modules"


def program(runtime: str, path: Path) -> Path:
    """A validator; with FACTCHECK_REQUIRE_VALIDATORS (in CI) it may not be absent."""
    if path.exists() and shutil.which(runtime):
        return path
    reason = f"{path.name} or {runtime} is not installed (.ci/run installs them)"
    if os.environ.get("FACTCHECK_REQUIRE_VALIDATORS"):
        pytest.fail(reason)
    pytest.skip(reason)
