"""B1 to B8: what is said against, or beside; and two claims that readers never see."""

from datetime import date

from claims.choices import Confidence, Ground, Opposer, State
from claims.dossier import Cited, Edge, Row

REPORT = Cited("report")
BLOOMBERG = Cited("report", relays=("conference",))
# B2 and B4 cite one passage. How the report came by Liang Wenfeng's remark in it, it does not say.
PASSAGE = "트래픽과 수익화를 말하는 대목"
LIANG = Cited("report", relays=("monetisation",), locator=PASSAGE, route_given=False)

B1 = Row(
    "B1",
    Confidence.MODERATE,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "DeepSeek is often used inside third-party search platforms such as Baidu"
            " and Tencent Yuanbao, and usage figures don’t count that",
            "attribution": "unnamed",
            "reason": "The platforms are named, so that use inside them can be checked; how much it"
            " comes to is not stated. The rating is the demonstration newsroom’s.",
            "unknowns": "How large the uncounted use is.",
            "would_change": "Figures that count use inside other platforms.",
        },
        "ko": {
            "statement": "딥시크는 바이두와 텐센트 위안바오 같은 다른 검색 플랫폼 안에서도 많이"
            " 쓰이는데, 이용 수치는 이를 세지 않는다",
            "attribution": "이름을 밝히지 않음",
            "reason": "플랫폼 이름이 나와 있어 그 안에서 쓰이는지는 확인할 수 있지만, 이용량이"
            " 얼마인지는 밝혀지지 않았습니다. 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "집계되지 않은 이용이 얼마나 되는지.",
            "would_change": "다른 플랫폼 안에서 이루어지는 이용까지 센 수치.",
        },
    },
    rebuts=(
        Edge("C2", Ground.UNDERCUT, Opposer.SOURCE),
        Edge("C11", Ground.UNDERCUT, Opposer.SOURCE),
        Edge("C1", Ground.QUALIFY, Opposer.US),
    ),
)

B2 = Row(
    "B2",
    Confidence.LOW,
    cites=(Cited("report", locator=PASSAGE),),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Traffic was never DeepSeek’s goal",
            "attribution": "unnamed",
            "reason": "An intention that we have only at second hand; nobody is named. The rating"
            " is the demonstration newsroom’s.",
            "unknowns": "Who says it, and whether it rests on Liang Wenfeng’s remark about"
            " monetisation alone, which stands in the same passage.",
        },
        "ko": {
            "statement": "트래픽은 애초에 딥시크의 목표가 아니었다",
            "attribution": "이름을 밝히지 않음",
            "reason": "전해 들은 의도일 뿐이고, 말한 사람의 이름이 없습니다. 등급은 시연용"
            " 편집국이 매겼습니다.",
            "unknowns": "누가 한 말인지, 같은 대목에 나오는 수익화에 관한 량원펑의 발언에만 기댄"
            " 것인지 알 수 없습니다.",
        },
    },
    rebuts=(
        Edge("C11", Ground.UNDERCUT, Opposer.SOURCE),
        Edge("C1", Ground.QUALIFY, Opposer.US),
        Edge("C2", Ground.QUALIFY, Opposer.US),
    ),
)

B3 = Row(
    "B3",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "It is too early to judge DeepSeek’s success or failure, because AI"
            " development is only beginning",
            "attribution": "unnamed",
            "reason": "An opinion about time; it does not say when a judgement would be due. The"
            " rating is the demonstration newsroom’s.",
            "unknowns": "Who says it, and by what one would know that it is no longer too early.",
        },
        "ko": {
            "statement": "인공지능 개발은 이제 시작이므로 딥시크의 성패를 판단하기에는 이르다",
            "attribution": "이름을 밝히지 않음",
            "reason": "시기에 관한 의견이고, 언제 판단할 수 있는지는 말하지 않습니다. 등급은 시연용"
            " 편집국이 매겼습니다.",
            "unknowns": "누가 한 말인지, 더는 이르지 않다는 것을 무엇으로 알 수 있는지.",
        },
    },
    rebuts=(
        Edge("C11", Ground.UNDERCUT, Opposer.SOURCE),
        Edge("C9", Ground.UNDERCUT, Opposer.US),
    ),
)

B4 = Row(
    "B4",
    Confidence.NOT_ASSESSED,
    claimant="Liang Wenfeng",
    cites=(LIANG,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Monetisation will not be a core goal of DeepSeek’s growth",
            "reason": "The demonstration newsroom has not rated this: it is an intention, and the"
            " report does not say how it came by the remark.",
            "unknowns": "When, where and to whom it was said.",
            "would_change": "The remark in its own words, with its place and day.",
        },
        "ko": {
            "statement": "수익화는 딥시크 성장의 핵심 목표가 되지 않을 것이다",
            "reason": "시연용 편집국은 이 주장을 평가하지 않았습니다. 앞으로의 의도를 말한 것이고,"
            " 보도가 이 발언을 어떻게 얻었는지 밝히지 않았기 때문입니다.",
            "unknowns": "언제, 어디에서, 누구에게 한 말인지.",
            "would_change": "장소와 날짜를 갖춘 발언 원문.",
        },
    },
    rebuts=(Edge("C11", Ground.QUALIFY, Opposer.US),),
)

B5 = Row(
    "B5",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry", "exports"),
    texts={
        "en": {
            "statement": "The H20 limit has reportedly been lifted, only recently",
            "attribution": "unnamed",
            "reason": "Passed on as something reported, without saying by whom; we have seen no"
            " official notice. The rating is the demonstration newsroom’s.",
            "unknowns": "On what day the limit was lifted, and who reported it.",
            "would_change": "An official notice with its day.",
        },
        "ko": {
            "statement": "H20 수출 제한은 최근에야 풀린 것으로 전해졌다",
            "attribution": "이름을 밝히지 않음",
            "reason": "누가 전했는지 밝히지 않은 내용이고, 우리는 공식 발표를 보지 못했습니다."
            " 등급은 시연용 편집국이 매겼습니다.",
            "unknowns": "제한이 며칠에 풀렸는지, 누가 그렇게 전했는지.",
            "would_change": "날짜가 적힌 공식 발표.",
        },
    },
    rebuts=(Edge("C8", Ground.QUALIFY, Opposer.US),),
)

B6 = Row(
    "B6",
    Confidence.LOW,
    claimant="Bloomberg",
    cites=(BLOOMBERG,),
    topics=("industry", "conference"),
    texts={
        "en": {
            "statement": "DeepSeek is expected to stand out more than any other company at the"
            " World AI Conference in Shanghai, 26–28 July",
            "reason": "An expectation before the event, which we have only through YTN. The rating"
            " is the demonstration newsroom’s.",
            "unknowns": "Who expects it, and by what standing out would be measured.",
            "would_change": "What was shown at the conference.",
        },
        "ko": {
            "statement": "7월 26~28일 상하이에서 열리는 세계인공지능대회에서 딥시크가 어느"
            " 기업보다 돋보일 것으로 예상된다",
            "reason": "행사 전의 예상이고, 우리는 YTN을 통해서만 보았습니다. 등급은 시연용"
            " 편집국이 매겼습니다.",
            "unknowns": "누가 그렇게 예상하는지, 무엇을 두고 돋보인다고 하는지.",
            "would_change": "대회에서 실제로 선보인 것.",
        },
    },
    fields={"review_by": date(2025, 7, 28)},
    rebuts=(Edge("C11", Ground.REBUT, Opposer.US),),
)

B7 = Row(
    "B7",
    Confidence.MODERATE,
    claimant="YTN",
    cites=(REPORT,),
    topics=("industry", "conference"),
    texts={
        "en": {
            "statement": "Liang Wenfeng’s name appears nowhere in the event information published"
            " in advance",
            "reason": "The information was published, so that this can be checked; we have not"
            " seen it ourselves. The rating is the demonstration newsroom’s.",
            "unknowns": "Whether the information was complete.",
        },
        "ko": {
            "statement": "사전에 공개된 행사 정보 어디에도 량원펑의 이름은 없다",
            "reason": "공개된 정보여서 확인할 수 있지만, 우리가 직접 보지는 못했습니다. 등급은"
            " 시연용 편집국이 매겼습니다.",
            "unknowns": "공개된 정보가 전부였는지.",
        },
    },
    rebuts=(Edge("B6", Ground.QUALIFY, Opposer.US),),
)

B8 = Row(
    "B8",
    Confidence.LOW,
    claimant="Bloomberg",
    cites=(BLOOMBERG,),
    topics=("industry", "conference"),
    texts={
        "en": {
            "statement": "The heads of Tencent, ByteDance, Zhipu AI and Moonshot AI are expected to"
            " attend in number",
            "reason": "An expectation before the event, which we have only through YTN. The rating"
            " is the demonstration newsroom’s.",
            "unknowns": "Who of them has said that they will come.",
        },
        "ko": {
            "statement": "텐센트, 바이트댄스, 즈푸AI, 문샷AI의 수장들이 대거 참석할 것으로"
            " 예상된다",
            "reason": "행사 전의 예상이고, 우리는 YTN을 통해서만 보았습니다. 등급은 시연용"
            " 편집국이 매겼습니다.",
            "unknowns": "그 가운데 누가 참석하겠다고 했는지.",
        },
    },
    rebuts=(Edge("B6", Ground.QUALIFY, Opposer.US),),
)

IN_REVIEW = Row(
    "in review",
    Confidence.LOW,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Demonstration only: a month that was merely reported is no promise, so"
            " R2’s absence does not show a delay",
            "attribution": "the demonstration newsroom",
            "reason": "The demonstration newsroom’s own invention, to show a claim in review.",
        },
        "ko": {
            "statement": "시연용: 보도에만 나온 시기는 약속이 아니므로, R2가 나오지 않았다고 해서"
            " 지연이라고 할 수는 없다",
            "attribution": "시연용 편집국",
            "reason": "검토 중인 주장을 보여 주려고 시연용 편집국이 지어낸 것입니다.",
        },
    },
    rebuts=(Edge("C5", Ground.UNDERCUT, Opposer.US),),
    stays=State.IN_REVIEW,
)

DRAFT = Row(
    "draft",
    None,
    cites=(REPORT,),
    topics=("industry",),
    texts={
        "en": {
            "statement": "Demonstration only: downloads and shares of usage measure different"
            " things, so neither figure confirms the other",
            "attribution": "the demonstration newsroom",
            "unknowns": "The demonstration newsroom’s own invention, to show a draft.",
        },
        "ko": {
            "statement": "시연용: 다운로드와 이용률은 서로 다른 것을 재므로 한쪽 수치가 다른 쪽을"
            " 확인해 주지 않는다",
            "attribution": "시연용 편집국",
            "unknowns": "초안을 보여 주려고 시연용 편집국이 지어낸 것입니다.",
        },
    },
    rebuts=(
        Edge("C1", Ground.QUALIFY, Opposer.US),
        Edge("C2", Ground.QUALIFY, Opposer.US),
    ),
    stays=State.DRAFT,
)

REBUTTALS = (B1, B2, B3, B4, B5, B6, B7, B8)
UNPUBLISHED = (IN_REVIEW, DRAFT)
