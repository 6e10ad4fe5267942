"""Enterprises 市场主体: one row, one enterprise, known by its code."""

from __future__ import annotations

from collections.abc import Iterator

from backend.app.registry.imports.cells import half_width
from backend.app.registry.imports.codes import CodeReading, read_code
from backend.app.registry.imports.kinds.reading import (
    read_choice,
    read_day,
    read_decimal,
    read_list,
    read_required,
    read_text,
    words,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck

FIELDS = (
    Field(
        "code",
        (
            "统一社会信用代码",
            "社会信用代码",
            "信用代码",
            "统一代码",
            "统一社会信用代码/注册号",
            "uscc",
            "credit code",
            "code",
        ),
        required=True,
    ),
    Field(
        "name",
        (
            "企业名称",
            "市场主体名称",
            "主体名称",
            "单位名称",
            "检查对象名称",
            "名称",
            "enterprise name",
            "name",
        ),
        required=True,
    ),
    Field("registration_number", ("注册号", "工商注册号", "registration number")),
    Field("kind", ("企业类型", "市场主体类型", "主体类型", "kind", "type")),
    Field(
        "region_code",
        (
            "行政区划代码",
            "登记管理机关行政区划码",
            "行政区划码",
            "区划代码",
            "辖区代码",
            "region code",
            "region_code",
            "region",
        ),
    ),
    Field(
        "address",
        ("注册地址", "住所", "住所（经营场所）", "经营场所", "经营地址", "地址", "address"),
    ),
    Field("industry", ("行业代码", "行业", "所属行业", "行业类别", "industry")),
    Field(
        "risk_class",
        ("风险等级", "风险分类", "信用风险等级", "风险类别", "risk class", "risk_class"),
    ),
    Field("status", ("登记状态", "经营状态", "企业状态", "状态", "status")),
    Field("established_on", ("注册日期", "成立日期", "设立日期", "登记日期", "established")),
    Field("business_scope", ("经营范围", "business scope", "scope"), keep_lines=True),
    Field("contact_phone", ("联系电话", "联系方式", "电话", "phone")),
    Field("latitude", ("纬度", "latitude", "lat")),
    Field("longitude", ("经度", "longitude", "lon", "lng")),
    Field("tags", ("监管标签", "标签", "tags")),
)

KINDS = words(
    company=(
        "企业",
        "公司",
        "有限责任公司",
        "股份有限公司",
        "国有企业",
        "集体所有制",
        "集体企业",
        "全民所有制",
        "有限责任公司(自然人独资)",
        "有限责任公司(自然人投资或控股)",
        "有限责任公司(国有独资)",
    ),
    self_employed=("个体工商户", "个体", "个体户"),
    branch=("分支机构", "分公司", "集体分支机构(非法人)", "有限责任公司分公司", "企业分支机构"),
    sole=("个人独资企业", "个人独资"),
    partnership=("合伙企业", "普通合伙企业", "有限合伙企业"),
    cooperative=("农民专业合作社", "农民专业合作经济组织", "合作社"),
    institution=("事业单位", "机关", "社会团体", "民办非企业单位", "社会组织"),
    foreign=("外商投资企业", "外国企业常驻代表机构", "外资企业"),
)
STATUSES = words(
    active=("存续", "在业", "开业", "正常", "在营", "存续（在营、开业、在册）", "在营（开业）企业"),
    suspended=("歇业", "停业"),
    closed=("注销", "已注销"),
    revoked=("吊销", "已吊销", "吊销，未注销", "吊销未注销", "撤销"),
    moved=("迁出", "迁移"),
)
RISKS = words(
    A=("A类", "A级", "低风险", "低"),
    B=("B类", "B级", "中风险", "中", "一般风险"),
    C=("C类", "C级", "较高风险", "较高"),
    D=("D类", "D级", "高风险", "高"),
)
_LONGEST_TAG = 60
_CORRECTABLE = frozenset({"code_lowercase", "code_mix_up"})


class Checker:
    """Checks enterprises row by row, remembering codes and names seen before."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._codes: dict[str, tuple[int, int]] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._damaged: dict[str, int] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of this row, or nothing when the same row was read before."""
        code = self._code(row)
        values: dict[str, object] = {
            "code": code or "",
            "name": read_required(row, "name", 200),
            "registration_number": half_width(read_text(row, "registration_number", 30)),
            "kind": read_choice(row, "kind", KINDS, "unknown"),
            "region_code": self._region(row, code),
            "address": read_text(row, "address", 400),
            "industry": read_text(row, "industry", 120),
            "risk_class": read_choice(row, "risk_class", RISKS, ""),
            "status": read_choice(row, "status", STATUSES, "active"),
            "established_on": read_day(row, "established_on"),
            "business_scope": read_text(row, "business_scope", 8000, keep_lines=True),
            "contact_phone": read_text(row, "contact_phone", 60),
            "latitude": read_decimal(row, "latitude", "-90", "90"),
            "longitude": read_decimal(row, "longitude", "-180", "180"),
            "tags": self._tags(row),
        }
        if self._seen_whole(row, values):
            return
        self._same_firm(row, values)
        yield Entry((row.number,), code or "", values, row.good, row.given)

    def finish(self) -> Iterator[Entry]:
        """Nothing is held back: every row gave its entry."""
        return iter(())

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())

    def _code(self, row: RowCheck) -> str | None:
        text = read_text(row, "code", 60)
        if not text:
            row.error("code", "missing_cell")
            return None
        reading = read_code(text)
        if reading.value is None:
            return self._unsound(row, text, reading)
        if reading.tidied:
            row.note("code", "code_tidied", code=reading.value)
        if reading.kind == "registration":
            row.warn("code", "code_registration")
        return reading.value

    def _unsound(self, row: RowCheck, text: str, reading: CodeReading) -> str | None:
        problem = reading.problem or "code_check_digit"
        if problem in _CORRECTABLE and problem in self.context.accepted:
            row.note("code", "reading_accepted", code=reading.likely or "")
            return reading.likely
        if problem in {"code_damaged", "code_rounded"}:
            first = self._damaged.setdefault(text, row.number)
            if first != row.number:
                row.error("code", f"{problem}_shared", first=str(first))
                return None
        row.error("code", problem, likely=reading.likely or "", length=str(len(text)))
        return None

    def _tags(self, row: RowCheck) -> list[str]:
        tags = read_list(row, "tags", 400)
        for tag in tags:
            if len(tag) > _LONGEST_TAG:
                row.error("tags", "too_long", length=str(len(tag)), longest=str(_LONGEST_TAG))
        return tags

    def _region(self, row: RowCheck, code: str | None) -> str:
        text = half_width(read_text(row, "region_code", 30)).replace(" ", "")
        if not text:
            return self._chosen_region(row)
        if not (text.isdecimal() and len(text) in {6, 9, 12}):
            row.error("region_code", "region_shape")
            return ""
        if code and len(code) == 18 and code[2:6] != text[:4] and text[:2] != "10":
            row.warn("region_code", "region_differs", code_region=code[2:8])
        if not text.startswith(self.context.kept_regions):
            row.error("region_code", "region_not_kept")
        return text

    def _chosen_region(self, row: RowCheck) -> str:
        """The region chosen for rows without one; what is chosen must be kept as well."""
        chosen = self.context.default_region
        if not chosen:
            row.error("region_code", "missing_region")
            return ""
        if not chosen.startswith(self.context.kept_regions):
            row.error("region_code", "region_not_kept")
        row.note("region_code", "default_region", region=chosen)
        return chosen

    def _seen_whole(self, row: RowCheck, values: dict[str, object]) -> bool:
        """Name a code met before; True when the whole row is a repetition."""
        code = str(values["code"])
        if not code:
            return False
        digest = hash(tuple((name, str(value)) for name, value in values.items()))
        first = self._codes.setdefault(code, (row.number, digest))
        if first[0] == row.number:
            return False
        if first[1] == digest:
            row.warn("code", "repeated_row", first=str(first[0]))
            return True
        row.error("code", "duplicate_code", first=str(first[0]))
        return False

    def _same_firm(self, row: RowCheck, values: dict[str, object]) -> None:
        """Warn when another code already has this name at this address."""
        place = (str(values["name"]), str(values["address"]))
        first = self._places.setdefault(place, row.number)
        if first != row.number and place[0]:
            row.warn("name", "same_firm", first=str(first))
