"""The words in which registers give an enterprise's type, status and risk.

The official vocabularies are longer than what is kept: types are the catalogue of the market
registration (内资企业 … 个体工商户), statuses those of the publicity system.
"""

from __future__ import annotations

import re

from backend.app.registry.imports.cells import fold
from backend.app.registry.imports.kinds.reading import words

STATUSES = words(
    active=(
        "存续",
        "在业",
        "开业",
        "正常",
        "在营",
        "在册",
        "存续（在营、开业、在册）",
        "在营（开业）",
        "在营（开业）企业",
        "正常经营",
        "正常开业",
        "登记成立",
        "已开业",
        "确立",
        "迁入",
        "迁移入",
    ),
    suspended=(
        "歇业",
        "停业",
        "清算",
        "清算中",
        "已告解散",
        "解散",
        "筹建",
        "停业整顿",
        "责令停业",
        "暂停营业",
    ),
    closed=(
        "注销",
        "已注销",
        "吊销，已注销",
        "吊销后注销",
        "除名",
        "撤销登记",
        "撤销",
        "已撤销",
        "强制注销",
        "注销企业",
        "关闭",
        "责令关闭",
        "终止",
    ),
    revoked=("吊销", "已吊销", "吊销，未注销", "吊销企业", "吊销营业执照"),
    moved=("迁出", "迁移", "迁往市外", "迁移出", "已迁出", "迁出企业"),
)
RISKS = words(
    A=("A类", "A级", "低风险", "低", "信用风险低", "信用风险低（A类）"),
    B=("B类", "B级", "中风险", "中", "一般风险", "一般", "信用风险一般", "信用风险一般（B类）"),
    C=("C类", "C级", "较高风险", "较高", "信用风险较高", "信用风险较高（C类）"),
    D=("D类", "D级", "高风险", "高", "信用风险高", "信用风险高（D类）"),
)
NO_STATUS = frozenset({"无", "暂无", "未知", "不详", "空"})
"""Words that say that no status is known."""

_BY_PATTERN = (
    ("cooperative", r"合作社|合作经济组织|合作联社(?!.*信用)|专业合作"),
    ("self_employed", r"个体"),
    ("foreign", r"外商|外资|中外|外国|港澳台|台港澳|港、澳、台|境外|华侨|香港|澳门|台湾"),
    ("branch", r"分支机构|分公司|分厂|分店|非法人|营业单位|办事处|分部"),
    ("partnership", r"合伙"),
    ("sole", r"个人独资"),
    (
        "institution",
        r"事业单位|机关|社会团体|民办非企业|社会组织|基金会|社会服务机构|村民委员会|居民委员会|学校|医院|团体",
    ),
    (
        "company",
        r"公司|企业|有限责任|股份|集体|国有|全民|联营|私营|内资|独资|控股|法人|所有制|工厂|商店",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _BY_PATTERN)
_NAMES = words(
    company=("企业", "公司"),
    self_employed=("个体", "个体户"),
    branch=("分支机构",),
    sole=("个人独资",),
    partnership=("合伙企业",),
    cooperative=("合作社",),
    institution=("事业单位", "其他组织"),
    foreign=("外资企业",),
)


def known_kind(text: str) -> str | None:
    """The kind a type of enterprise belongs to, e.g. 有限责任公司(自然人独资) → company; None for
    a word that names no type."""
    found = _NAMES.get(fold(text))
    if found is not None:
        return found
    for kind, pattern in _COMPILED:
        if pattern.search(text):
            return kind
    return None
