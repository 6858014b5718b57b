"""The Korean catalogue: complete, faithful to its placeholders, compiled, and what readers see."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation.template import templatize

from claims.choices import Confidence, Ground, Standing
from claims.public.wording import published
from claims.templatetags.reading import day, moment

CATALOGUE = settings.BASE_DIR / "claims" / "locale" / "ko" / "LC_MESSAGES" / "django.po"
BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")
# A particle that depends on the sound before it cannot follow a value that we do not know.
GLUED = re.compile(
    r"%(?:\(\w+\))?[sd][”’\"')]*(?:은|는|이|가|을|를|과|와|으로|로)(?![가-힣])"
    r"|[을를은는이가과와]\([을를은는이가과와]\)|\(으\)로"
)
# How each function takes its words: is there a context, is there a plural?
FUNCTIONS = {
    "_": (False, False),
    "gettext": (False, False),
    "gettext_lazy": (False, False),
    "pgettext": (True, False),
    "pgettext_lazy": (True, False),
    "ngettext": (False, True),
    "ngettext_lazy": (False, True),
    "npgettext": (True, True),
    "npgettext_lazy": (True, True),
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(((?:{LITERAL}(?:,\s*)?)+)", re.DOTALL)

Key = tuple[str, str, str]  # context, singular, plural


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def message(function: str, words: list[str]) -> Key:
    has_context, has_plural = FUNCTIONS[function]
    context = words.pop(0) if has_context else ""
    return context, words[0], words[1] if has_plural else ""


def in_python(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            constants = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
            words = [value for value in constants if isinstance(value, str)]
            if name in FUNCTIONS and words:
                yield message(name, words)


def in_template(path: Path) -> Iterator[Key]:
    """Django rewrites a template as the calls that xgettext would read."""
    source = templatize(path.read_text(encoding="utf-8"), origin=path.name)
    for function, words in CALL.findall(source):
        yield message(function, [ast.literal_eval(word) for word in re.findall(LITERAL, words)])


def in_sources() -> set[Key]:
    found: set[Key] = set()
    for folder in ("claims", "factcheck"):
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            found.update(in_python(path))
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        found.update(in_template(path))
    return found


def korean(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def faults(catalogue: polib.POFile, wanted: set[Key]) -> list[str]:
    """What keeps a catalogue from being complete, a line each; empty when nothing does."""
    present = {key_of(entry) for entry in catalogue if not entry.obsolete}
    found = [f"missing: {key}" for key in sorted(wanted - present)]
    found += [f"not in the sources: {key}" for key in sorted(present - wanted)]
    for entry in catalogue:
        if entry.obsolete:
            found.append(f"obsolete: {entry.msgid}")
        if entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid}")
        # Korean has one form for every number: it says what the plural says.
        expected = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in korean(entry):
            if not text.strip():
                found.append(f"untranslated: {entry.msgid}")
            elif sorted(PLACEHOLDER.findall(text)) != expected:
                found.append(f"other placeholders: {entry.msgid}")
            if GLUED.search(text):
                found.append(f"particle after a placeholder: {text}")
        if len(korean(entry)) != 1:
            found.append(f"not one form: {entry.msgid}")
    return found


@pytest.fixture
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_the_catalogue_is_complete(catalogue):
    assert faults(catalogue, in_sources()) == []


def test_the_catalogue_says_what_it_is(catalogue):
    assert catalogue.metadata["Language"] == "ko"
    assert catalogue.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert catalogue.metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert not catalogue.metadata_is_fuzzy
    # Line numbers would change the file with every change of the sources.
    assert not [entry.msgid for entry in catalogue for _file, line in entry.occurrences if line]


def remove(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    catalogue.remove(entry)


def add(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    catalogue.append(polib.POEntry(msgid="Nobody says this", msgstr="아무도 말하지 않음"))


def empty(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    entry.msgstr = " "


def doubt(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    entry.flags.append("fuzzy")


def lose_a_value(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    entry.msgstr = "저장했습니다."


def glue_a_particle(catalogue: polib.POFile, entry: polib.POEntry) -> None:
    entry.msgstr = "“%(record)s”을 저장했습니다."


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (remove, "missing: ('', 'Saved: “%(record)s”.', '')"),
        (add, "not in the sources: ('', 'Nobody says this', '')"),
        (empty, "untranslated: Saved: “%(record)s”."),
        (doubt, "fuzzy: Saved: “%(record)s”."),
        (lose_a_value, "other placeholders: Saved: “%(record)s”."),
        (glue_a_particle, "particle after a placeholder: “%(record)s”을 저장했습니다."),
    ],
)
def test_a_spoilt_catalogue_is_reported(catalogue, spoil, complaint):
    spoil(catalogue, catalogue.find("Saved: “%(record)s”."))
    assert faults(catalogue, in_sources()) == [complaint]


def entries_of(path: Path) -> dict[Key, list[str]]:
    return {key_of(entry): korean(entry) for entry in polib.mofile(str(path))}


def test_what_is_compiled_is_what_is_written(catalogue, tmp_path):
    fresh = tmp_path / "django.mo"
    catalogue.save_as_mofile(str(fresh))
    assert entries_of(CATALOGUE.with_suffix(".mo")) == entries_of(fresh)
    assert len(entries_of(fresh)) == len(catalogue)


def test_the_words_of_the_record_in_korean():
    with translation.override("ko"):
        assert f"{Confidence.LOW.label}: {Confidence.LOW.meaning}" == "낮음: 근거가 약함"
        assert str(Ground.UNDERCUT.label) == "근거가 보여 주는 바를 다툼"
        assert str(Standing.CONTESTED.label) == "답 없는 반박 있음"
        assert gettext("Strongest rebuttal") == "가장 강한 반박"
        assert pgettext("stance", "Against") == "반대 근거"
        for number in (1, 2):
            words = ngettext("%(count)s disputes it", "%(count)s dispute it", number)
            assert words % {"count": number} == f"다툼 {number}건"


def test_dates_in_korean(settings):
    settings.TIME_ZONE = "Asia/Seoul"
    opened = datetime(2025, 7, 25, 5, 10, tzinfo=UTC)
    with translation.override("ko"):
        assert day(opened) == "2025년 7월 25일"
        assert moment(opened) == "2025년 7월 25일 14:10 KST"
        assert published("2025-07-05", "day") == ("2025년 7월 5일", "2025-07-05")
        assert published("2025-07-01", "month") == ("2025년 7월", "2025-07")
        assert published("2025-01-01", "year") == ("2025년", "2025")


@BOTH_SIDES
def test_korean_readers_get_korean_pages(client, newsroom_live):
    claim = newsroom_live.published("Usage is falling")
    rebuttal = newsroom_live.rebuttal(claim, "Embedded use is not counted", confidence="moderate")
    newsroom_live.publish(rebuttal)
    pages = {
        "/ko/": ("무엇을 주장하고, 무엇이라 반박하나", "답 없는 반박 있음"),
        "/ko/claims/": ("주장과 반박", "답 없는 반박 있음"),
        f"/ko/claims/{claim.public_id}/": (
            "가장 강한 반박",
            "신뢰도 보통: 일부 뒷받침됨",
            "다툼 1건",
            "출처 1건",
            "제1판",
            "다른 편집자의 승인을 거쳐 처음 발행",
        ),
        "/ko/claims/bcdfghjkmnpq/": ("페이지를 찾을 수 없습니다", "주장 전체"),
    }
    for path, expected in pages.items():
        page = client.get(path).content.decode()
        assert '<html lang="ko">' in page
        for words in expected:
            assert words in page, (path, words)
        words = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
        for english in ("confidence", "Rebuttal", "ebuttal", "edition "):
            assert english not in re.sub(r"<[^>]*>", " ", words), (path, english)


def test_the_newsroom_works_in_korean(client, newsroom):
    client.force_login(newsroom.reporter)
    korean_browser = {"accept-language": "ko-KR,ko;q=0.9,en;q=0.5"}
    page = client.get("/admin/claims/claim/add/", headers=korean_browser).content.decode()
    for words in ("편집국", "주장 내용", "신뢰도 판단 이유", "반박 대상 주장", "저장"):
        assert words in page
    answer = client.post("/admin/claims/party/add/", {"kind": "person"}, headers=korean_browser)
    assert answer.status_code == 422
    assert "이름을 하나 이상 쓰십시오." in answer.content.decode()
