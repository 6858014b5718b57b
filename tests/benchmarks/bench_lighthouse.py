"""How fast readers' pages are, as Lighthouse measures it: a phone on a slow network. `make bench`
prints the medians of five runs and fails when one is below 99."""

import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lighthouse import lighthouse

RUNS, LEAST = 5, 99


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[str]:
    """The demonstration as `make demo` serves it; its address."""
    folder = tmp_path_factory.mktemp("demonstration")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FACTCHECK_DATA_DIR": str(folder), "PORT": str(port)}
    log = folder / "log"
    with log.open("w") as output:
        command = [sys.executable, "manage.py", "demo"]
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        for _second in range(120):
            if "/en/" in log.read_text() and server.poll() is None:
                break
            time.sleep(1)
        else:
            pytest.fail(log.read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()  # stops its database too
        server.wait()


def contested(site: str) -> str:
    """The claim of the dossier against which most is said."""
    with urllib.request.urlopen(f"{site}/en/claims/?standing=contested") as answer:  # noqa: S310
        items = answer.read().decode().split('class="said"')[1:]
    most = max(items, key=lambda item: item.count('class="kind"'))
    return re.search(r"/en/(claims/\w{12}/)", most)[1]


@pytest.mark.parametrize("page", ["claim", "claims/", "search/?q=DeepSeek"])
def test_performance(site, page, tmp_path: Path, capsys):
    path = contested(site) if page == "claim" else page
    found = [lighthouse(f"{site}/en/{path}", tmp_path / f"{run}.json") for run in range(RUNS)]
    scores = [verdict.scores["performance"] for verdict in found]
    with capsys.disabled():
        print(f"\n{page}: performance {statistics.median(scores)} of {scores}")
    assert statistics.median(scores) >= LEAST, found[-1].found
