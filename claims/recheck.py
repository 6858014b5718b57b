"""When a claim should be looked at again: defaults from what it says. Pure."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

# What is said of "now" goes stale; so does what names a period that readers take for the present.
NOW = re.compile(
    r"\b(now|currently|at present|presently|today|recent(ly)?|latest|so far|to date|ongoing"
    r"|(is|are) \w+ing|has not|have not|has yet|have yet)\b"
    r"|현재|지금|최근|요즘|오늘날|이번|아직|고 있다|는 중이다",
    re.IGNORECASE,
)
PERIOD = re.compile(
    r"\b(19|20)\d\d\b|\b(this|last|next) (week|month|quarter|year)\b|\bearly in the year\b"
    r"|\b(first|second|third|fourth) (quarter|half)\b|\bhalf a year\b"
    r"|\d{1,2}월|\d분기|상반기|하반기|올해|작년|지난해|내년|연초|연말|반년",
    re.IGNORECASE,
)
AFTER = timedelta(days=91)


def default_review_by(statements: Iterable[str], today: date) -> date | None:
    """A quarter of a year from `today` for claims that say “now” or name a period, else None."""
    said = list(statements)
    if any(NOW.search(text) or PERIOD.search(text) for text in said):
        return today + AFTER
    return None
