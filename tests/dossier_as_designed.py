"""What DESIGN 10 says of the demonstration dossier, row by row, written down by hand.

Not read from `claims.dossier_rows`: that is what it is compared with.
"""

from dataclasses import dataclass

KOREAN = {
    "YTN": "YTN",
    "QuestMobile": "퀘스트모바일",
    "SemiAnalysis": "세미애널리시스",
    "Economic Observer": "경제관찰보",
    "Bloomberg": "블룸버그",
    "Liang Wenfeng": "량원펑",
}
UNNAMED = {"en": "unnamed", "ko": "이름을 밝히지 않음"}
INDUSTRY = {"en": "people in the industry, unnamed", "ko": "이름을 밝히지 않은 업계 관계자들"}
# Where the report names nobody, the report itself is the origin we know.
REPORT = ("YTN", "broadcast", True)


@dataclass(frozen=True)
class Expected:
    statement: str
    korean: str  # words of the Korean statement, in this order
    claimant: str = ""
    attribution: dict[str, str] | None = None
    # Of each citation its origin: who, what kind of source, whether the report says its route.
    origins: tuple[tuple[str, str, bool], ...] = (REPORT,)
    figures: tuple[tuple[str, str, str], ...] = ()
    units: dict[str, str] | None = None
    stated: tuple[str, str, str] | None = None
    edges: frozenset[tuple[str, str, str]] = frozenset()
    kinds: tuple[str, ...] = ("",)
    assessed: bool = True
    standing: str = "unrebutted"
    faults: str = ""
    topic: str = ""  # beside the one that all have


def against(*edges: str) -> frozenset[tuple[str, str, str]]:
    """ "C2 undercut source": target, ground, who opposes."""
    return frozenset(tuple(edge.split()) for edge in edges)


EXPECTED = {
    "C1": Expected(
        "DeepSeek's average monthly downloads have fallen by more than 72% from the first quarter",
        "딥시크 월평균 다운로드 1분기 72%",
        "QuestMobile",
        origins=(("QuestMobile", "dataset", True),),
        figures=(("amount", "81110000", "about"), ("amount", "22580000", "about")),
        units={"en": "people", "ko": "명"},
        stated=("-72", "percent", "more_than"),
    ),
    "C2": Expected(
        "DeepSeek's share of usage has fallen from a peak of 7.2% early in the year to 3%",
        "딥시크 이용률 연초 7.2% 3%",
        "SemiAnalysis",
        origins=(("SemiAnalysis", "statement", True),),
        figures=(("share", "7.2", "exactly"), ("share", "3", "exactly")),
        kinds=("", "clarification"),
        standing="contested",
    ),
    "C3": Expected(
        "Frequent wrong answers, unstable response times and delayed releases are driving"
        " DeepSeek's users away, which shows the problems of China's AI industry",
        "오답 응답 시간 출시 지연 딥시크 이용자 중국 인공지능 산업",
        "Economic Observer",
        {"en": "and others", "ko": "그 밖의 여러 곳"},
        origins=(("Economic Observer", "article", True),),
    ),
    "C4": Expected("R2 was reported due in May and has not appeared", "R2 5월 보도", "YTN"),
    "C5": Expected(
        "DeepSeek has given no official explanation of the delay", "딥시크 공식 설명", "YTN"
    ),
    "C6": Expected(
        "The delay of R2 and the failures of model R1 both appear to add to the decline",
        "R2 지연 R1 하락세 보인다",
        "YTN",
        kinds=("", "correction"),
    ),
    "C7": Expected(
        "One reason R2 is late is Liang Wenfeng's excessive perfectionism",
        "R2 이유 가운데 하나 량원펑 지나친 완벽주의",
        attribution=INDUSTRY,
        faults="Liang Wenfeng",
    ),
    "C8": Expected(
        "One reason R2 is late is the US limit on exports of Nvidia's H20 chips to China",
        "R2 이유 가운데 하나 미국 엔비디아 H20 중국 수출 제한",
        attribution=INDUSTRY,
        topic="Chip export limits",
    ),
    "C9": Expected(
        "DeepSeek may be unable to innovate any more",
        "딥시크 혁신",
        attribution={"en": "critics, unnamed", "ko": "이름을 밝히지 않은 비판자들"},
        assessed=False,
        standing="contested",
    ),
    "C10": Expected(
        "Manus has moved its headquarters to Singapore, which raised worries in China about its AI"
        " industry's prospects",
        "마누스 본사 싱가포르 중국 인공지능 산업",
        attribution=UNNAMED,  # pages add the report: “unnamed, via YTN”
    ),
    "C11": Expected(
        "DeepSeek has turned in a poor showing half a year after its launch",
        "딥시크 출시 반년 초라한 성적표",
        "YTN",
        standing="contested",
    ),
    "B1": Expected(
        "DeepSeek is often used inside third-party search platforms such as Baidu and Tencent"
        " Yuanbao, and usage figures don't count that",
        "딥시크 바이두 텐센트 위안바오 검색 플랫폼 이용 수치",
        attribution=UNNAMED,
        edges=against("C2 undercut source", "C11 undercut source", "C1 qualify us"),
    ),
    "B2": Expected(
        "Traffic was never DeepSeek's goal",
        "트래픽 딥시크 목표",
        attribution=UNNAMED,
        edges=against("C11 undercut source", "C1 qualify us", "C2 qualify us"),
    ),
    "B3": Expected(
        "It is too early to judge DeepSeek's success or failure, because AI development is only"
        " beginning",
        "인공지능 개발 시작 딥시크 성패 이르다",
        attribution=UNNAMED,
        edges=against("C11 undercut source", "C9 undercut us"),
    ),
    "B4": Expected(
        "Monetisation will not be a core goal of DeepSeek's growth",
        "수익화 딥시크 성장 핵심 목표",
        "Liang Wenfeng",
        origins=(("Liang Wenfeng", "statement", False),),
        edges=against("C11 qualify us"),
        assessed=False,
    ),
    "B5": Expected(
        "The H20 limit has reportedly been lifted, only recently",
        "H20 제한 최근 전해졌다",
        attribution=UNNAMED,
        edges=against("C8 qualify us"),
        topic="Chip export limits",
    ),
    "B6": Expected(
        "DeepSeek is expected to stand out more than any other company at the World AI Conference"
        " in Shanghai, 26–28 July",
        "7월 26~28일 상하이 세계인공지능대회 딥시크 예상",
        "Bloomberg",
        origins=(("Bloomberg", "article", True),),
        edges=against("C11 rebut us"),
        topic="World AI Conference",
    ),
    "B7": Expected(
        "Liang Wenfeng's name appears nowhere in the event information published in advance",
        "행사 정보 량원펑 이름",
        "YTN",
        edges=against("B6 qualify us"),
        topic="World AI Conference",
    ),
    "B8": Expected(
        "The heads of Tencent, ByteDance, Zhipu AI and Moonshot AI are expected to attend in"
        " number",
        "텐센트 바이트댄스 즈푸AI 문샷AI 참석 예상",
        "Bloomberg",
        origins=(("Bloomberg", "article", True),),
        edges=against("B6 qualify us"),
        topic="World AI Conference",
    ),
}
TOPICS = {
    "AI industry": "인공지능 산업",
    "Chip export limits": "반도체 수출 제한",
    "World AI Conference": "세계인공지능대회",
}
EXCEPTION = {"en": "demonstration: nobody was asked", "ko": "시연: 아무에게도 묻지 않았습니다"}
