"""A claim with everything that a claim can have, for tests of what readers and programs see."""

from datetime import date, timedelta
from decimal import Decimal

from claims import actions
from claims.choices import Ground, Opposer


def rich_claim(room):
    """Two editions with figures, relays, topics, replies and wordings, amid rebuttals of all kinds:
    {name: claim}; what lists can be narrowed to is there too, as records. Needs the SNU scale."""
    known = records_of(room)
    target = room.published("Use is growing", confidence="moderate")
    claim = room.draft(
        "Downloads fell by more than 72%",
        actor=room.editor,
        confidence="moderate",
        fields={
            "claimant": known["claimant"],
            "verdict": "half_true",
            "stated_change": Decimal(-72),
            "stated_change_unit": "percent",
            "stated_change_bound": "more_than",
            "allegation_about": known["asked"],
            "review_by": date.today() + timedelta(days=30),
        },
        text={"unknowns": "How it was counted.", "would_change": "A second count."},
        texts={"ko": {"statement": "다운로드가 72% 넘게 줄었다", "reason": "출처가 하나다."}},
        topics=[known["topic"], known["other topic"]],
        rebuts=[{"target": target, "ground": "rebut", "opposer": "us"}],
        **parts_of(known),
    )
    publish(room, claim)
    around = rebuttals_of(room, claim)
    claim = room.revise(claim, note="It is monthly downloads.", statement="Monthly downloads fell")
    publish(room, claim)
    actions.recheck(
        claim.pk,
        actor=room.editor,
        version=claim.version,
        review_by=date.today() + timedelta(days=60),
    )
    claim.refresh_from_db()
    return {"claim": claim, "target": target, **around, **known}


def publish(room, claim):
    room.submit(claim)
    room.approve(claim, room.second_editor)
    room.publish(claim)


def records_of(room):
    press = room.party("YTN", ko="와이티엔")
    firm = room.party("QuestMobile")
    return {
        "claimant": firm,
        "publisher": press,
        "asked": room.party("DeepSeek", ko="딥시크"),
        "topic": room.topic("AI", ko="인공지능"),
        "other topic": actions.save_topic(actor=room.reporter, names={"zh": "下载"}),
        "source": room.source(
            "A report on air",
            language="ko",
            kind="broadcast",
            publisher=press,
            url="https://example.org/report",
            published_on=date(2025, 7, 1),
            date_precision="month",
        ),
        "relayed": room.source("Counts", kind="dataset", publisher=firm, seen=False),
        "relaying": room.source("A newspaper", publisher=room.party("Economic Observer")),
    }


def parts_of(known):
    cited = {"source": known["source"], "locator": "minute 3"}
    amount = {"kind": "amount", "bound": "about", "units": {"en": "people", "ko": "명"}}
    asked = {"party": known["asked"], "asked_on": date(2025, 7, 20)}
    return {
        "citations": [
            {
                **cited,
                "quotation": "현재는 2,258만",
                "relays": [known["relaying"], known["relayed"]],
                "route_given": False,
            },
            {**cited, "quotation": "다른 곳에서도 쓴다", "stance": "against"},
            {"source": known["relaying"], "quotation": "as printed"},
        ],
        "figures": [
            {
                **amount,
                "labels": {"en": "First quarter", "ko": "1분기"},
                "value": Decimal(81110000),
                "as_of": date(2025, 3, 31),
                "as_of_precision": "month",
            },
            {**amount, "labels": {"en": "Recently"}, "value": Decimal(22580000)},
        ],
        "wordings": [
            {"language": "en", "text": "Nobody downloads it"},
            {"language": "zh", "text": "没人下载了"},
        ],
        "replies": [
            {**asked, "channel": "email", "deadline": date(2025, 7, 22), "outcome": "no_answer"},
            {
                **asked,
                "channel": "phone",
                "outcome": "answered",
                "answer": "无可奉告",
                "answer_language": "zh",
                "answered_on": date(2025, 7, 21),
            },
        ],
    }


def rebuttals_of(room, claim):
    made = {
        "rebuttal": room.rebuttal(claim, "Embedded use is not counted", confidence="moderate"),
        "context": room.rebuttal(claim, "It was a holiday", Ground.QUALIFY, Opposer.US),
        "unrated": room.rebuttal(claim, "Nothing fell", Ground.REBUT, confidence="not_assessed"),
        "withdrawn": room.rebuttal(claim, "A withdrawn rebuttal"),
        "suppressed": room.rebuttal(claim, "A suppressed rebuttal"),
    }
    room.publish(*made.values())
    made["reply"] = room.rebuttal(made["rebuttal"], "Embedded use fell as well")
    room.publish(made["reply"])
    room.withdraw(made["withdrawn"], notice="Nobody said so.")
    suppress(room, made["suppressed"])
    return made


def suppress(room, claim):
    claim.refresh_from_db()
    for actor, step in (
        (room.second_publisher, actions.request_suppression),
        (room.publisher, actions.suppress),
    ):
        step(claim.pk, actor=actor, version=claim.version, reason="A court said so.")
        claim.refresh_from_db()
