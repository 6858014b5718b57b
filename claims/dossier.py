"""The demonstration dossier: what one Korean television report claimed, and what was said against.

Statements are our own words; a quotation is a contiguous fragment of the report. The report's
title, day and address are not known, so the source has none; its year is inferred from the events.
The confidence levels are the demonstration newsroom's.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group

from claims import actions, document
from claims.choices import Confidence, Ground, Opposer, PartyKind, Precision, Role, SourceKind
from claims.models import Claim, Party, Source, User

PASSWORD = "counterclaim-demo"  # noqa: S105 - printed at the start, served on loopback only
PEOPLE = (
    ("reporter", Role.REPORTER, "Mina", "Park"),
    ("editor", Role.EDITOR, "Jonas", "Weber"),
    ("publisher", Role.PUBLISHER, "Sora", "Kim"),
)


@dataclass(frozen=True)
class Row:
    """One row of the dossier: a claim in both languages and the edges that belong to it."""

    key: str
    confidence: Confidence
    en: dict[str, str]
    ko: dict[str, str]
    claimant: str = ""
    quotation: str = ""
    rebuts: tuple[tuple[str, Ground, Opposer], ...] = field(default=())


ROWS = (
    Row(
        "C2",
        Confidence.LOW,
        en={
            "statement": "DeepSeek’s share of usage has fallen from a peak of 7.2% early in"
            " the year to 3%",
            "reason": "The figure comes from one analyst firm, and we have it only through YTN. It"
            " counts direct use, so it cannot tell people who left from people who reach the model"
            " elsewhere.",
            "unknowns": "What the share is a share of, and how it was sampled.",
            "would_change": "SemiAnalysis’s own table, or a second measurement that counts embedded"
            " use.",
        },
        ko={
            "statement": "딥시크 이용률이 연초 최고 7.2%에서 3%로 떨어졌다",
            "reason": "분석 기관 한 곳의 수치이고, 우리는 YTN을 통해서만 보았습니다. 직접 이용만"
            " 세기 때문에, 떠난 사람과 다른 곳에서 이 모델을 쓰는 사람을 가르지 못합니다.",
            "unknowns": "무엇에 대한 비율인지, 표본을 어떻게 뽑았는지.",
            "would_change": "세미애널리시스의 원자료, 또는 다른 서비스에 내장된 이용까지 세는"
            " 두 번째 측정.",
        },
        claimant="SemiAnalysis",
        quotation="현재는 3%",
    ),
    Row(
        "C11",
        Confidence.LOW,
        en={
            "statement": "DeepSeek has turned in a poor showing half a year after its launch",
            "reason": "A summing-up by one broadcaster; what counts as poor is not said, and the"
            " figures behind it are disputed.",
            "unknowns": "By what measure the showing is called poor.",
            "would_change": "A measure named beforehand, and figures that count every kind of use.",
        },
        ko={
            "statement": "딥시크가 출시 반년 만에 초라한 성적표를 받았다",
            "reason": "한 방송사의 총평입니다. 무엇을 초라하다고 보는지 밝히지 않았고, 근거로 든"
            " 수치에는 다툼이 있습니다.",
            "unknowns": "어떤 잣대로 초라하다고 하는지.",
            "would_change": "미리 정한 잣대, 그리고 모든 형태의 이용을 세는 수치.",
        },
        claimant="YTN",
    ),
    Row(
        "B1",
        Confidence.MODERATE,
        en={
            "statement": "DeepSeek is often used inside third-party search platforms such as Baidu"
            " and Tencent Yuanbao, and usage figures don’t count that",
            "attribution": "unnamed",
            "reason": "That both platforms offer the model is public; how much use they bring is"
            " not stated.",
            "unknowns": "How large the uncounted use is.",
        },
        ko={
            "statement": "딥시크는 바이두와 텐센트 위안바오 같은 다른 검색 플랫폼 안에서도 많이"
            " 쓰이는데, 이용 수치는 이를 세지 않는다",
            "attribution": "이름을 밝히지 않음",
            "reason": "두 플랫폼이 이 모델을 제공한다는 것은 알려진 사실이지만, 이용량이 얼마인지는"
            " 밝혀지지 않았습니다.",
            "unknowns": "집계되지 않은 이용이 얼마나 되는지.",
        },
        rebuts=(
            ("C2", Ground.UNDERCUT, Opposer.SOURCE),
            ("C11", Ground.UNDERCUT, Opposer.SOURCE),
        ),
    ),
    Row(
        "B2",
        Confidence.LOW,
        en={
            "statement": "Traffic was never DeepSeek’s goal",
            "attribution": "unnamed",
            "reason": "An intention that we have only at second hand; nobody is named.",
        },
        ko={
            "statement": "트래픽은 애초에 딥시크의 목표가 아니었다",
            "attribution": "이름을 밝히지 않음",
            "reason": "전해 들은 의도일 뿐이고, 말한 사람의 이름이 없습니다.",
        },
        rebuts=(
            ("C11", Ground.UNDERCUT, Opposer.SOURCE),
            ("C2", Ground.QUALIFY, Opposer.US),
        ),
    ),
)
NAMES = {
    "YTN": {"en": "YTN", "ko": "YTN"},
    "SemiAnalysis": {"en": "SemiAnalysis", "ko": "세미애널리시스"},
}


def people() -> dict[str, User]:
    """The three demonstration users, made when missing."""
    made = {}
    for username, role, first, last in PEOPLE:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(
                username, password=PASSWORD, first_name=first, last_name=last, is_staff=True
            )
            user.groups.add(Group.objects.get(name=role))
        made[username] = user
    return made


def report(reporter: User, ytn: Party) -> Source:
    """The one source: described, because its title is not known."""
    return actions.save_source(
        actor=reporter,
        fields={
            "title": "Television report on DeepSeek’s first half-year",
            "language": "ko",
            "kind": SourceKind.BROADCAST,
            "publisher": ytn,
            "published_on": "2025-07-01",
            "date_precision": Precision.MONTH,
            "seen": True,
        },
    )


def load() -> dict[str, Claim]:
    """Record, approve and publish the rows through the actions; by key."""
    staff = people()
    reporter = staff["reporter"]
    parties = {
        key: actions.save_party(actor=reporter, kind=PartyKind.ORGANISATION, names=names)
        for key, names in NAMES.items()
    }
    source = report(reporter, parties["YTN"])
    claims: dict[str, Claim] = {}
    for row in ROWS:
        claims[row.key] = actions.record_claim(
            actor=reporter,
            fields={
                "language": "ko",
                "claimant": parties.get(row.claimant),
                "confidence": row.confidence,
            },
            texts={"ko": row.ko, "en": row.en},
            citations=[{"source": source, "quotation": row.quotation}],
            rebuts=[edge(claims[key], ground, opposer) for key, ground, opposer in row.rebuts],
        )
    for claim in claims.values():
        publish(claim, staff)
    return claims


def edge(target: Claim, ground: Ground, opposer: Opposer) -> dict[str, Any]:
    return {"target": target, "ground": ground, "opposer": opposer, "target_edition": 1}


def publish(claim: Claim, staff: dict[str, User]) -> None:
    """One claim's way: submitted by one person, approved by another, published by a third."""
    actions.submit(claim.pk, actor=staff["reporter"], version=claim.version)
    actions.approve(
        claim.pk,
        actor=staff["editor"],
        version=claim.version,
        document_digest=document.digest(actions.document_of(claim)),
    )
    actions.publish({claim.pk: claim.version}, actor=staff["publisher"])
