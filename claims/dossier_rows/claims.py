"""C1 to C11: what the report says of DeepSeek."""

from datetime import date
from decimal import Decimal

from claims.choices import (
    Bound,
    ChangeKind,
    ChangeUnit,
    Confidence,
    FigureKind,
    Precision,
)
from claims.dossier import Cited, Revision, Row

REPORT = Cited("report")

C1 = Row(
    "C1",
    Confidence.MODERATE,
    claimant="QuestMobile",
    cites=(Cited("report", relays=("downloads",)),),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek’s average monthly downloads have fallen by more than 72% from"
            " the first quarter",
            "reason": "The two figures agree with the fall that is stated, but they come from one"
            " data set, which we have only through YTN. The rating is the demonstration"
            " newsroom’s.",
            "unknowns": "Whether people or downloads were counted: the report gives downloads but"
            " counts them in people. Nor do we know which months the recent figure covers.",
            "would_change": "QuestMobile’s own table, with what it counts and for which months.",
        },
        "ko": {
            "statement": "딥시크의 월평균 다운로드가 1분기보다 72% 넘게 줄었다",
            "reason": "두 수치는 함께 제시된 감소율과 맞지만, 한 데이터에서 나왔고 우리는 YTN을"
            " 통해서만 보았습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "사람을 셌는지 다운로드를 셌는지 알 수 없습니다. 보도는 다운로드라고"
            " 하면서 ‘명’으로 셉니다. 최근 수치가 어느 달의 것인지도 알 수 없습니다.",
            "would_change": "무엇을, 어느 달에 셌는지 밝힌 퀘스트모바일의 원자료.",
        },
    },
    figures=(
        {
            "kind": FigureKind.AMOUNT,
            "labels": {
                "en": "Average monthly downloads, first quarter",
                "ko": "1분기 월평균 다운로드",
            },
            "value": Decimal("81110000"),
            "bound": Bound.ABOUT,
            "units": {"en": "people", "ko": "명"},
            "as_of": date(2025, 1, 1),
            "as_of_precision": Precision.YEAR,
        },
        {
            "kind": FigureKind.AMOUNT,
            "labels": {"en": "Average monthly downloads, recently", "ko": "최근 월평균 다운로드"},
            "value": Decimal("22580000"),
            "bound": Bound.ABOUT,
            "units": {"en": "people", "ko": "명"},
        },
    ),
    fields={
        "stated_change": Decimal("-72"),
        "stated_change_unit": ChangeUnit.PERCENT,
        "stated_change_bound": Bound.MORE_THAN,
    },
)

C2 = Row(
    "C2",
    Confidence.LOW,
    claimant="SemiAnalysis",
    cites=(Cited("report", relays=("share",), quotation="현재는 3%"),),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek’s share of usage has fallen from a peak of 7.2% early in the"
            " year to 3%",
            "reason": "The figure comes from one analyst firm, and we have it only through YTN."
            " The rating is the demonstration newsroom’s.",
            "unknowns": "What the share is a share of, and how it was sampled.",
            "would_change": "SemiAnalysis’s own table, or a second measurement that counts embedded"
            " use.",
        },
        "ko": {
            "statement": "딥시크 이용률이 연초 최고 7.2%에서 3%로 떨어졌다",
            "reason": "분석 기관 한 곳의 수치이고, 우리는 YTN을 통해서만 보았습니다. 등급은"
            " 시연용 편집국이 매겼습니다.",
            "unknowns": "무엇에 대한 비율인지, 표본을 어떻게 뽑았는지.",
            "would_change": "세미애널리시스의 원자료, 또는 다른 서비스에 내장된 이용까지 세는"
            " 두 번째 측정.",
        },
    },
    figures=(
        {
            "kind": FigureKind.SHARE,
            "labels": {"en": "Peak, early in the year", "ko": "연초 최고"},
            "value": Decimal("7.2"),
            "as_of": date(2025, 1, 1),
            "as_of_precision": Precision.YEAR,
        },
        {
            "kind": FigureKind.SHARE,
            "labels": {"en": "Now, as reported", "ko": "보도 당시"},
            "value": Decimal("3"),
            "as_of": date(2025, 7, 1),
            "as_of_precision": Precision.MONTH,
        },
    ),
    revisions=(
        Revision(
            ChangeKind.CLARIFICATION,
            {
                "en": {
                    "reason": "The figure comes from one analyst firm, and we have it only through"
                    " YTN. If it counts direct use only, as a rebuttal says, it cannot tell people"
                    " who left from people who reach the model elsewhere. The rating is the"
                    " demonstration newsroom’s.",
                    "change_note": "The reason for our confidence now says what the figure cannot"
                    " tell apart. The rating is the same.",
                },
                "ko": {
                    "reason": "분석 기관 한 곳의 수치이고, 우리는 YTN을 통해서만 보았습니다."
                    " 반박대로 직접 이용만 센 수치라면, 떠난 사람과 다른 곳에서 이 모델을 쓰는"
                    " 사람을 가르지 못합니다. 등급은 시연용 편집국이 매겼습니다.",
                    "change_note": "이 수치로 무엇을 가르지 못하는지 신뢰도의 이유에"
                    " 덧붙였습니다. 등급은 그대로입니다.",
                },
            },
        ),
    ),
)

C3 = Row(
    "C3",
    Confidence.LOW,
    claimant="Economic Observer",
    cites=(Cited("report", relays=("users",)),),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Frequent wrong answers, unstable response times and delayed releases are"
            " driving DeepSeek’s users away, which shows the problems of China’s AI industry",
            "attribution": "and others",
            "reason": "An explanation that we have only through YTN, without figures on why people"
            " leave. The rating is the demonstration newsroom’s.",
            "unknowns": "Who the others are, and how the causes were told apart. The article is of"
            " the 24th; that this is July 2025 we infer from the events.",
            "would_change": "A survey of people who stopped using DeepSeek, with their reasons.",
        },
        "ko": {
            "statement": "잦은 오답과 불안정한 응답 시간, 출시 지연 때문에 딥시크 이용자가 떠나고"
            " 있으며, 이는 중국 인공지능 산업의 문제를 보여 준다",
            "attribution": "그 밖의 여러 곳",
            "reason": "우리가 YTN을 통해서만 본 설명이고, 이용자가 떠나는 이유에 관한 수치는"
            " 없습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "경제관찰보 말고 누가 그렇게 말하는지, 여러 원인을 어떻게 가렸는지 알 수"
            " 없습니다. 기사는 24일 자이며, 2025년 7월이라는 것은 사건들로 미루어 판단했습니다.",
            "would_change": "딥시크를 그만 쓰게 된 사람들에게 이유를 물은 조사.",
        },
    },
)

C4 = Row(
    "C4",
    Confidence.MODERATE,
    claimant="YTN",
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "R2 was reported due in May and has not appeared",
            "reason": "Whether a model has appeared can be checked by anybody, but we have both"
            " halves of this from one report. The rating is the demonstration newsroom’s.",
            "unknowns": "Where May was first reported, and whether DeepSeek ever named a date.",
            "would_change": "The release of R2, or a statement by DeepSeek about its date.",
        },
        "ko": {
            "statement": "R2는 5월에 나온다고 보도됐지만 아직 나오지 않았다",
            "reason": "모델이 나왔는지는 누구나 확인할 수 있지만, 우리는 두 가지 모두 한 보도에서"
            " 보았습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "5월이라는 시기가 어디에서 처음 보도됐는지, 딥시크가 시기를 밝힌 적이"
            " 있는지.",
            "would_change": "R2의 출시, 또는 시기에 관한 딥시크의 발표.",
        },
    },
)

C5 = Row(
    "C5",
    Confidence.MODERATE,
    claimant="YTN",
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek has given no official explanation of the delay",
            "reason": "A broadcaster’s finding, which nothing on our record contradicts; we have"
            " not asked DeepSeek ourselves. The rating is the demonstration newsroom’s.",
            "unknowns": "Whether DeepSeek was asked, and where an explanation was looked for.",
            "would_change": "An explanation by DeepSeek.",
        },
        "ko": {
            "statement": "딥시크는 출시가 늦어지는 데 대해 공식 설명을 내놓지 않았다",
            "reason": "방송사가 확인한 내용이고 우리 기록에 이와 어긋나는 것은 없지만, 우리가"
            " 딥시크에 직접 묻지는 않았습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "딥시크에 물어보았는지, 설명이 있는지 어디까지 찾아보았는지.",
            "would_change": "딥시크의 설명.",
        },
    },
)

C6 = Row(
    "C6",
    Confidence.LOW,
    claimant="YTN",
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "The delay of R2 and the failures of model R1 both add to the decline",
            "reason": "One broadcaster’s reading; no figures tie the two to the decline. The rating"
            " is the demonstration newsroom’s.",
            "unknowns": "How much each adds, and which failures are meant.",
        },
        "ko": {
            "statement": "R2의 출시 지연과 R1 모델의 결함이 모두 하락세를 키우고 있다",
            "reason": "한 방송사의 해석이고, 두 가지를 하락세와 이어 주는 수치는 없습니다. 등급은"
            " 시연용 편집국이 매겼습니다.",
            "unknowns": "각각 얼마나 영향을 주는지, 어떤 결함을 말하는지.",
        },
    },
    revisions=(
        Revision(
            ChangeKind.CORRECTION,
            {
                "en": {
                    "statement": "The delay of R2 and the failures of model R1 both appear to add"
                    " to the decline",
                    "change_note": "We had written that both add to the decline. The report says"
                    " only that they appear to.",
                },
                "ko": {
                    "statement": "R2의 출시 지연과 R1 모델의 결함이 모두 하락세를 키우는 것으로"
                    " 보인다",
                    "change_note": "두 가지가 하락세를 키우고 있다고 적었으나, 보도는 그렇게"
                    " 보인다고만 했습니다. 바로잡습니다.",
                },
            },
        ),
    ),
)

C7 = Row(
    "C7",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "One reason R2 is late is Liang Wenfeng’s excessive perfectionism",
            "attribution": "people in the industry, unnamed",
            "reason": "Hearsay about a person’s character, from people whose names are not given."
            " The rating is the demonstration newsroom’s.",
            "unknowns": "Who says it, and how close they are to the work on R2.",
            "would_change": "A named person who took part in the work, or Liang Wenfeng’s answer.",
        },
        "ko": {
            "statement": "R2가 늦어지는 이유 가운데 하나는 량원펑의 지나친 완벽주의다",
            "attribution": "이름을 밝히지 않은 업계 관계자들",
            "reason": "한 사람의 성격에 관해 전해 들은 말이고, 말한 사람들의 이름이 없습니다."
            " 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "누가 한 말인지, 그들이 R2 개발을 얼마나 가까이에서 보았는지.",
            "would_change": "개발에 참여한 사람이 이름을 밝히고 한 말, 또는 량원펑의 답변.",
        },
    },
    faults="Liang Wenfeng",
    exception={
        "en": "demonstration: nobody was asked",
        "ko": "시연: 아무에게도 묻지 않았습니다",
    },
)

C8 = Row(
    "C8",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry", "exports"),
    texts={
        "en": {
            "statement": "One reason R2 is late is the US limit on exports of Nvidia’s H20 chips to"
            " China",
            "attribution": "people in the industry, unnamed",
            "reason": "People whose names are not given say so; nothing we have ties the limit to"
            " the work on R2. The rating is the demonstration newsroom’s.",
            "unknowns": "Who says it, and how far R2 depends on these chips.",
        },
        "ko": {
            "statement": "R2가 늦어지는 이유 가운데 하나는 미국이 엔비디아 H20 칩의 중국 수출을"
            " 제한한 것이다",
            "attribution": "이름을 밝히지 않은 업계 관계자들",
            "reason": "이름을 밝히지 않은 사람들의 말이고, 수출 제한과 R2 개발을 이어 주는 자료는"
            " 없습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "누가 한 말인지, R2가 이 칩에 얼마나 기대고 있는지.",
        },
    },
)

C9 = Row(
    "C9",
    Confidence.NOT_ASSESSED,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek may be unable to innovate any more",
            "attribution": "critics, unnamed",
            "reason": "The demonstration newsroom has not rated this: it is a forecast, and names"
            " nothing by which it could be checked.",
            "unknowns": "Who the critics are, and what they would count as innovation.",
            "would_change": "A forecast that names a result and a time.",
        },
        "ko": {
            "statement": "딥시크가 더는 혁신하지 못할 수도 있다",
            "attribution": "이름을 밝히지 않은 비판자들",
            "reason": "시연용 편집국은 이 주장을 평가하지 않았습니다. 앞날에 관한 예측이고,"
            " 무엇으로 확인할 수 있는지 밝히지 않았기 때문입니다.",
            "unknowns": "누가 비판하는지, 무엇을 혁신으로 보는지.",
            "would_change": "어떤 결과가 언제까지 나온다고 밝힌 예측.",
        },
    },
)

C10 = Row(
    "C10",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Manus has moved its headquarters to Singapore, which raised worries in"
            " China about its AI industry’s prospects",
            "attribution": "unnamed",
            "reason": "The move could be checked, and we have not done so; whose worries they are"
            " is not said. The rating is the demonstration newsroom’s.",
            "unknowns": "Who is worried, and why Manus moved.",
        },
        "ko": {
            "statement": "마누스가 본사를 싱가포르로 옮기면서 중국에서 자국 인공지능 산업의 앞날을"
            " 걱정하는 목소리가 나왔다",
            "attribution": "이름을 밝히지 않음",
            "reason": "본사 이전은 확인할 수 있는 일이지만 우리가 확인하지는 않았고, 누가"
            " 걱정하는지는 나오지 않습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "누가 걱정하는지, 마누스가 왜 본사를 옮겼는지.",
        },
    },
)

C11 = Row(
    "C11",
    Confidence.LOW,
    claimant="YTN",
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek has turned in a poor showing half a year after its launch",
            "reason": "A summing-up by one broadcaster; what counts as poor is not said, and the"
            " figures behind it are disputed. The rating is the demonstration newsroom’s.",
            "unknowns": "By what measure the showing is called poor.",
            "would_change": "A measure named beforehand, and figures that count every kind of use.",
        },
        "ko": {
            "statement": "딥시크가 출시 반년 만에 초라한 성적표를 받았다",
            "reason": "한 방송사의 총평입니다. 무엇을 초라하다고 보는지 밝히지 않았고, 근거로 든"
            " 수치에는 다툼이 있습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "어떤 잣대로 초라하다고 하는지.",
            "would_change": "미리 정한 잣대, 그리고 모든 형태의 이용을 세는 수치.",
        },
    },
)

CLAIMS = (C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11)
