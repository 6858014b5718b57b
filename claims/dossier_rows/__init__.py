"""The demonstration dossier: what one Korean television report claimed, and what was said against.

Statements are our own words; a quotation is a contiguous fragment of the report. The report's
title, day and address are not known, so the source has none; its year is inferred from the events.
Of the sources we have seen the report alone; the titles are our descriptions. The confidence levels
are the demonstration newsroom's, and their reasons say so.
"""

from datetime import date

from claims.choices import PartyKind, Precision, SourceKind
from claims.dossier import Dossier, Named

from .claims import CLAIMS
from .rebuttals import REBUTTALS, UNPUBLISHED
from .site_pages import PAGES

PARTIES = {
    "YTN": Named(PartyKind.ORGANISATION, {"en": "YTN", "ko": "YTN"}),
    "QuestMobile": Named(PartyKind.ORGANISATION, {"en": "QuestMobile", "ko": "퀘스트모바일"}),
    "SemiAnalysis": Named(PartyKind.ORGANISATION, {"en": "SemiAnalysis", "ko": "세미애널리시스"}),
    "Economic Observer": Named(
        PartyKind.ORGANISATION, {"en": "Economic Observer", "ko": "경제관찰보"}
    ),
    "Bloomberg": Named(PartyKind.ORGANISATION, {"en": "Bloomberg", "ko": "블룸버그"}),
    "Liang Wenfeng": Named(PartyKind.PERSON, {"en": "Liang Wenfeng", "ko": "량원펑"}),
}
TOPICS = {
    "industry": {"en": "AI industry", "ko": "인공지능 산업"},
    "exports": {"en": "Chip export limits", "ko": "반도체 수출 제한"},
    "conference": {"en": "World AI Conference", "ko": "세계인공지능대회"},
}
SOURCES = {
    "report": {
        "title": "Television report on DeepSeek’s first half-year",
        "language": "ko",
        "kind": SourceKind.BROADCAST,
        "publisher": "YTN",
        "published_on": date(2025, 7, 1),
        "date_precision": Precision.MONTH,
        "seen": True,
    },
    "downloads": {
        "title": "QuestMobile data on DeepSeek downloads",
        "language": "zh",
        "kind": SourceKind.DATASET,
        "publisher": "QuestMobile",
        "seen": False,
    },
    "share": {
        "title": "SemiAnalysis’s statement on DeepSeek’s share of usage",
        "language": "en",
        "kind": SourceKind.STATEMENT,
        "publisher": "SemiAnalysis",
        "seen": False,
    },
    "users": {
        "title": "Economic Observer article on DeepSeek users",
        "language": "zh",
        "kind": SourceKind.ARTICLE,
        "publisher": "Economic Observer",
        "published_on": date(2025, 7, 24),
        "date_precision": Precision.DAY,
        "seen": False,
    },
    "conference": {
        "title": "Bloomberg’s report on the World AI Conference",
        "language": "en",
        "kind": SourceKind.ARTICLE,
        "publisher": "Bloomberg",
        "seen": False,
    },
    "monetisation": {
        "title": "Statement by Liang Wenfeng on monetisation",
        "language": "zh",
        "kind": SourceKind.STATEMENT,
        "publisher": "Liang Wenfeng",
        "seen": False,
    },
}
# Nothing stands before what it rebuts.
DEMONSTRATION = Dossier(
    PARTIES, TOPICS, SOURCES, rows=(*CLAIMS, *REBUTTALS, *UNPUBLISHED), pages=PAGES
)
