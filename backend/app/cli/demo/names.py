"""Fictional names and plausible codes of the demo county, from a seeded generator.

Codes carry right check digits, so every check of the program takes them; the region code 370399
belongs to no real county.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from stdnum.cn import uscc

REGION = "370399"
TOWNS = {
    "青禾街道": "370399001",
    "柳泉街道": "370399002",
    "云山镇": "370399101",
    "石桥镇": "370399102",
    "马踏湖镇": "370399103",
    "荷塘镇": "370399104",
    "南亭镇": "370399105",
    "金岭镇": "370399106",
}
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国春梅海燕志远思源文博雨晴子涵"
_BRANDS = (
    "鑫源 恒润 惠民 佳美 众鑫 宏达 永盛 瑞丰 金谷 天禾 祥云 同兴 百顺 德润 正和 广源 华泰 顺达 "
    "康宁 福临 安泰 新宇 东盛 联创 启航 锦绣 蓝海 青松 绿源 星辰 鼎力 嘉禾 明德 聚贤 万家 和顺"
).split()
_ROADS = (
    "建设路",
    "工业路",
    "兴桓路",
    "人民路",
    "学府街",
    "湖滨路",
    "迎宾大道",
    "振兴街",
    "商贸城",
)
_VILLAGES = ("后七村", "田庄村", "前刘村", "东岳村", "西营村", "大寨村", "河崖村", "三里庄村")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Trade(NamedTuple):
    """A line of business: words for names, industry code, tag, share of the register in parts."""

    word: str
    company: str
    shop: str
    industry: str
    tag: str
    share: int


TRADES = (
    Trade("食品", "食品有限公司", "食品加工坊", "C1495", "食品生产", 6),
    Trade("商贸", "商贸有限公司", "超市", "F5212", "食品销售", 22),
    Trade("药房", "医药连锁有限公司", "大药房", "F5251", "药品零售", 6),
    Trade("餐饮", "餐饮管理有限公司", "饭庄", "H6210", "餐饮服务", 16),
    Trade("化工", "化工贸易有限公司", "化工经营部", "F5169", "危险化学品", 3),
    Trade("机械", "机械制造有限公司", "机械加工厂", "C3484", "工贸", 10),
    Trade("家具", "木制家私有限公司", "家具厂", "C2110", "粉尘涉爆", 4),
    Trade("物流", "物流有限公司", "货运服务部", "G5920", "仓储物流", 6),
    Trade("宾馆", "酒店管理有限公司", "宾馆", "H6121", "公共场所", 5),
    Trade("美发", "美容美发有限公司", "理发店", "O8040", "公共场所", 6),
    Trade("诊所", "医疗管理有限公司", "诊所", "Q8425", "医疗机构", 3),
    Trade("幼儿园", "教育咨询有限公司", "幼儿园", "P8310", "学校托幼", 2),
    Trade("建筑", "建筑工程有限公司", "装饰装修部", "E5013", "建筑施工", 4),
    Trade("燃气", "燃气有限公司", "液化气站", "D4511", "燃气经营", 1),
    Trade("网咖", "网络科技有限公司", "网吧", "R9013", "上网服务", 2),
    Trade("旅行社", "旅行社有限公司", "旅行社门市部", "L7291", "旅行社", 1),
    Trade("环保", "环保材料有限公司", "废旧物资回收站", "N7724", "排污单位", 3),
)


class EnterpriseText(NamedTuple):
    """One enterprise of the register, ready for the service."""

    code: str
    name: str
    kind: str
    region_code: str
    address: str
    industry: str
    risk_class: str
    status: str
    tag: str
    latitude: str
    longitude: str
    contact_phone: str


def person(random: Random) -> str:
    """A person's name."""
    length = random.choice((1, 2, 2))
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, length))


def certificate(random: Random, department: int, number: int) -> str:
    """An officer's certificate number: region, department, serial, a digit."""
    return f"{REGION}{department:02d}{number:03d}{random.randrange(10)}"


def phone(random: Random) -> str:
    """A telephone number of a range that is not given out."""
    return f"1990000{random.randrange(10000):04d}"


def enterprises(random: Random, count: int) -> list[EnterpriseText]:
    """Return ``count`` enterprises of different names and codes."""
    names: set[str] = set()
    made: list[EnterpriseText] = []
    weights = [trade.share for trade in TRADES]
    while len(made) < count:
        trade = random.choices(TRADES, weights)[0]
        company = random.random() < 0.38
        town = random.choice(list(TOWNS))
        short = town[:-2] if town.endswith("街道") else town[:-1]
        brand = random.choice(_BRANDS) + random.choice(("", "", random.choice(_BRANDS)[0]))
        name = f"青禾县{brand}{trade.company}" if company else f"青禾县{short}{brand}{trade.shop}"
        if name in names:
            continue
        names.add(name)
        made.append(_enterprise(random, len(made), name, company, trade, town))
    return made


def _enterprise(
    random: Random, number: int, name: str, company: bool, trade: Trade, town: str
) -> EnterpriseText:
    place = random.choice(_ROADS) if "街道" in town else random.choice(_VILLAGES)
    closed = random.random()
    return EnterpriseText(
        code=_uscc(random, number, company=company),
        name=name,
        kind="company" if company else "self_employed",
        region_code=TOWNS[town],
        address=f"{town}{place}{random.randrange(1, 320)}号",
        industry=trade.industry,
        risk_class=random.choices("ABCD", (64, 28, 6, 2))[0],
        status="closed" if closed < 0.02 else "revoked" if closed < 0.03 else "active",
        tag=trade.tag,
        latitude=f"{36.86 + random.random() * 0.2:.6f}",
        longitude=f"{117.95 + random.random() * 0.25:.6f}",
        contact_phone=phone(random),
    )


def _uscc(random: Random, number: int, *, company: bool) -> str:
    body = f"{number:05d}" + "".join(random.choice(_USCC) for _ in range(4))
    front = ("91" if company else "92") + REGION + body
    digit: Any = uscc.calc_check_digit(front)
    return front + str(digit)


def registration_number(random: Random) -> str:
    """Return a registration number of before the codes: 15 digits, the last a check digit (ISO 7064
    MOD 11,10)."""
    front = REGION + "6" + f"{random.randrange(10**7):07d}"
    rest = 10
    for digit in front:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return front + str((11 - rest) % 10)
