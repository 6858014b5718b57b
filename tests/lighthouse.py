"""Google's Lighthouse, run on one page in Debian's Chromium: its scores and what it found."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import CHROMIUM, QUIET
from tests.validators import VALIDATORS, program

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


@dataclass(frozen=True)
class Verdict:
    """Scores by category, of 100, and the audits that were not passed whole."""

    scores: dict[str, int]
    found: tuple[str, ...]


def lighthouse(url: str, report: Path) -> Verdict:
    """Judge a page as a phone sees it (Lighthouse's default)."""
    cli = program("node", VALIDATORS / "lighthouse" / "cli" / "index.js")
    flags = [*QUIET, "--headless=new", "--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    command = [
        "node",
        str(cli),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={' '.join(flags)}",
    ]
    environment = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
    for is_last in (False, False, True):
        # On a busy machine Chromium sometimes records nothing, which says nothing of the page.
        run = subprocess.run(command, env=environment, check=is_last, timeout=180)
        if run.returncode == 0:
            break
    result = json.loads(report.read_text())
    audits = result["audits"]
    assert result["finalDisplayedUrl"] == url, result.get("runtimeError")
    found = [
        f"{name}: {audits[each['id']]['title']}"
        for name in CATEGORIES
        for each in result["categories"][name]["auditRefs"]
        if each["weight"] and audits[each["id"]]["score"] not in (1, None)
    ]
    scores = {name: round(result["categories"][name]["score"] * 100) for name in CATEGORIES}
    return Verdict(scores, tuple(found))
