"""The draws of the demo county's past: who held them, on what, out of whom, how far they came."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Partner:
    """A department invited to a joint draw; its roster are the enterprises with one of ``tags``."""

    admin: str
    department: str
    items: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A draw of the past: who, what, out of whom, how many, days ago, and how far it has come.

    ``finished`` is the share of its visits that are published; then come some waiting for review
    (``waiting``), under way (``begun``), and untouched ones.
    """

    admin: str
    witness: str
    department: str
    name: str
    items: tuple[str, ...]
    tags: tuple[str, ...]
    count: int
    days_ago: int
    finished: float = 1.0
    waiting: int = 0
    begun: int = 0
    replaced: bool = False
    partner: Partner | None = None


STORIES = (
    Story("admin", "chen", "SCJG", "食品生产企业监督检查", ("SC01",), ("食品生产",), 22, 172),
    Story(
        "yjadmin",
        "yjchen",
        "YJGL",
        "危险化学品经营单位安全检查",
        ("YJ01",),
        ("危险化学品",),
        16,
        160,
    ),
    Story(
        "wsjkadmin", "wsjkchen", "WSJK", "公共场所卫生监督检查", ("WS01",), ("公共场所",), 26, 149
    ),
    Story(
        "xfjyadmin",
        "xfjychen",
        "XFJY",
        "人员密集场所消防安全检查",
        ("XF01",),
        ("人员密集场所",),
        24,
        131,
    ),
    Story(
        "admin", "chen", "SCJG", "年度报告公示信息检查", ("SC05",), ("食品销售", "工贸"), 30, 118
    ),
    Story(
        "sthjadmin",
        "sthjchen",
        "STHJ",
        "排污单位环境监管检查",
        ("ST01", "ST02"),
        ("排污单位",),
        14,
        104,
    ),
    Story(
        "whlyadmin", "whlychen", "WHLY", "上网服务营业场所检查", ("WL01",), ("上网服务",), 12, 92
    ),
    Story("zjjgadmin", "zjjgchen", "ZJJG", "燃气经营企业检查", ("ZJ02",), ("燃气经营",), 8, 83),
    Story(
        "yjadmin",
        "yjchen",
        "YJGL",
        "粉尘涉爆企业安全检查",
        ("YJ04",),
        ("粉尘涉爆",),
        16,
        69,
        0.9,
        1,
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "药品零售企业监督检查",
        ("SC03",),
        ("药品零售",),
        28,
        41,
        0.8,
        4,
        replaced=True,
    ),
    Story(
        "wsjkadmin",
        "wsjkchen",
        "WSJK",
        "医疗机构依法执业检查",
        ("WS02",),
        ("医疗机构",),
        14,
        24,
        0.4,
        3,
        2,
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "餐饮场所联合双随机抽查",
        ("SC04", "SC05"),
        ("餐饮服务",),
        12,
        16,
        0.3,
        3,
        2,
        partner=Partner("xfjyadmin", "XFJY", ("XF01",), ("人员密集场所",)),
    ),
    Story(
        "admin",
        "chen",
        "SCJG",
        "食品销售者监督检查",
        ("SC02", "SC04"),
        ("食品销售",),
        60,
        9,
        0.12,
        6,
        4,
    ),
)

NEXT = Story(
    "admin", "chen", "SCJG", "特种设备使用单位监督检查", ("SC06",), ("特种设备使用",), 12, 0
)

INVITED = Story(
    "admin",
    "chen",
    "SCJG",
    "加油站联合双随机抽查",
    ("SC04",),
    ("危险化学品",),
    10,
    0,
    partner=Partner("yjadmin", "YJGL", (), ()),
)
