"""The demonstration newsroom's own pages: who it is, how it corrects, what it keeps of readers.

Each stands in `pages/<address>.<language>.md`, its title in the first line.
"""

from pathlib import Path

from claims.dossier import Page

FOLDER = Path(__file__).parent / "pages"


def read(file: Path) -> Page:
    address, language = file.stem.rsplit(".", 1)
    title, _empty, text = file.read_text(encoding="utf-8").partition("\n\n")
    return Page(address, language, title.removeprefix("# "), text)


PAGES = tuple(read(file) for file in sorted(FOLDER.glob("*.md")))
