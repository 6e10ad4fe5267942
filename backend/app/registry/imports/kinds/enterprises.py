"""Enterprises 市场主体: one row, one enterprise, known by its code."""

from __future__ import annotations

from collections.abc import Iterator

from backend.app.registry.imports.cells import alike, clean, fold, half_width, is_empty
from backend.app.registry.imports.codes import CodeReading, organisation_of, read_code
from backend.app.registry.imports.kinds.enterprise_words import (
    NO_STATUS,
    RISKS,
    STATUSES,
    known_kind,
)
from backend.app.registry.imports.kinds.reading import (
    bare_identifier,
    read_choice,
    read_day,
    read_identifier,
    read_names,
    read_position,
    read_required,
    read_text,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, Firm, Pair, RowCheck

FIELDS = (
    Field(
        "code",
        (
            "统一社会信用代码",
            "社会信用代码",
            "信用代码",
            "统一代码",
            "统一社会信用代码/注册号",
            "注册号/统一社会信用代码",
            "统一社会信用代码或注册号",
            "统一社会信用代码（注册号）",
            "注册号（统一社会信用代码）",
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
            "经营主体名称",
            "主体名称",
            "单位名称",
            "检查对象名称",
            "名称",
            "enterprise name",
            "name",
        ),
        required=True,
    ),
    Field(
        "registration_number",
        ("注册号", "工商注册号", "原注册号", "旧注册号", "registration number"),
    ),
    Field(
        "kind",
        (
            "企业类型",
            "市场主体类型",
            "经营主体类型",
            "主体类型",
            "企业（机构）类型",
            "类型",
            "kind",
            "type",
        ),
    ),
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
    Field(
        "status",
        ("登记状态", "经营状态", "企业状态", "主体状态", "存续状态", "状态", "status"),
        decisive=True,
    ),
    Field("established_on", ("注册日期", "成立日期", "设立日期", "登记日期", "established")),
    Field("business_scope", ("经营范围", "business scope", "scope"), keep_lines=True),
    Field("contact_phone", ("联系电话", "联系方式", "电话", "phone")),
    Field("latitude", ("纬度", "latitude", "lat")),
    Field("longitude", ("经度", "longitude", "lon", "lng")),
    Field("tags", ("监管标签", "标签", "tags")),
)

_LONGEST_TAG = 60
_REGISTRATION_LENGTH = 15
_CORRECTABLE = frozenset({"code_lowercase", "code_mix_up"})
_OLDER_NUMBERS = frozenset({"code_old_number", "code_cooperative"})


class Checker:
    """Checks enterprises row by row, remembering codes, numbers and names seen before."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._codes: dict[str, tuple[int, int]] = {}
        self._firms: dict[str, Firm] = {}
        self._places: dict[tuple[str, str], Firm] = {}
        self._damaged: dict[str, int] = {}
        self._absorbed = {kept: dropped for dropped, kept in context.joined.items()}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of this row, or nothing when the same row was read before."""
        code = self._code(row)
        values: dict[str, object] = {
            "code": code or "",
            "name": read_required(row, "name", 200, is_name=True),
            "registration_number": self._number(row, code),
            "kind": self._kind(row),
            "region_code": self._region(row, code),
            "address": read_text(row, "address", 400, side=True, is_name=True),
            "industry": read_text(row, "industry", 120),
            "risk_class": read_choice(row, "risk_class", RISKS, "", self.context),
            "status": self._status(row),
            "established_on": read_day(row, "established_on", side=True),
            "business_scope": read_text(row, "business_scope", 8000, keep_lines=True, side=True),
            "contact_phone": read_text(row, "contact_phone", 60, side=True),
            "latitude": read_position(row, "latitude", 90),
            "longitude": read_position(row, "longitude", 180),
            "tags": self._tags(row),
        }
        if self._seen_whole(row, values) or self._stands_for_another(row, values):
            return
        given = self._with_absorbed(row, values)
        self._same_firm(row, values)
        yield Entry((row.number,), code or "", values, row.good, given)

    def finish(self) -> Iterator[Entry]:
        """Nothing is held back: every row gave its entry."""
        return iter(())

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())

    def _code(self, row: RowCheck) -> str | None:
        text = read_identifier(row, "code")
        if row.faulty("code"):
            return None
        second = bare_identifier(row, "registration_number")
        if not text and not second:
            row.error("code", "missing_cell")
            return None
        reading = read_code(text)
        if reading.value is None and (other := self._second(row, text, second)) is not None:
            return other
        if reading.value is None:
            return self._unsound(row, text or second, reading if text else read_code(second))
        if reading.tidied:
            row.note("code", "code_tidied", code=reading.value)
        if reading.kind == "registration":
            row.warn("code", "code_registration")
        return reading.value

    def _second(self, row: RowCheck, text: str, second: str) -> str | None:
        """The sound code in the column of registration numbers, where the column of codes is
        empty, or holds an older number than that."""
        reading = read_code(second)
        if reading.value is None or (text and reading.kind != "uscc"):
            return None
        row.warn("code", "code_from_second", code=reading.value)
        return reading.value

    def _number(self, row: RowCheck, code: str | None) -> str:
        """The registration number; where the code came from its column, the older number that
        stands in the column of codes, or nothing."""
        number = read_identifier(row, "registration_number", 30)
        first = bare_identifier(row, "code")
        if not code or read_code(number).value != code or read_code(first).value == code:
            return number
        if read_code(first).problem in _OLDER_NUMBERS:
            return first
        row.set_aside.add("registration_number")
        return ""

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

    def _kind(self, row: RowCheck) -> str:
        """The kind of enterprise; a type nobody knows is set aside, the row is taken."""
        text = row.cells.get("kind", "")
        known = known_kind(half_width(text)) if text else None
        table = {fold(clean(text)[0]): known} if known else {}
        return read_choice(row, "kind", table, "unknown", self.context, side=True)

    def _status(self, row: RowCheck) -> str:
        """The status; where the column is there and says nothing, a warning tells what counts."""
        if "status" not in row.cells:
            return "active"
        text, _notes = clean(row.cells["status"])
        decided = fold(text) in self.context.words.get("status", {})
        if not text or is_empty(text) or (text in NO_STATUS and not decided):
            row.leave_out("status", "status_empty")
            return "active"
        return read_choice(row, "status", STATUSES, "active", self.context)

    def _tags(self, row: RowCheck) -> list[str]:
        tags = read_names(row, "tags", 400)
        for tag in tags:
            if len(tag) > _LONGEST_TAG:
                row.error("tags", "too_long", length=str(len(tag)), longest=str(_LONGEST_TAG))
        return tags

    def _region(self, row: RowCheck, code: str | None) -> str:
        text = read_identifier(row, "region_code", 30).replace(" ", "")
        if row.faulty("region_code"):
            return ""
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
            row.dropped = "repeated_row"
            return True
        row.error("code", "duplicate_code", first=str(first[0]))
        return False

    def _stands_for_another(self, row: RowCheck, values: dict[str, object]) -> bool:
        """Leave out a row that a person said is the firm of another row."""
        kept = self.context.joined.get(str(values["code"]))
        if kept is None or not row.good:
            return False
        row.note("code", "joined_firm", code=kept)
        row.dropped = "joined_firm"
        return True

    def _with_absorbed(self, row: RowCheck, values: dict[str, object]) -> frozenset[str]:
        """The given fields; a firm that stands for another row keeps that row's older number."""
        absorbed = self._absorbed.get(str(values["code"]), "")
        if len(absorbed) != _REGISTRATION_LENGTH or values["registration_number"]:
            return row.given
        values["registration_number"] = absorbed
        return row.given | {"registration_number"}

    def _same_firm(self, row: RowCheck, values: dict[str, object]) -> None:
        """Hold a row back whose firm another row already holds under another code, until a
        person says whether the two are one."""
        code, number = str(values["code"]), str(values["registration_number"])
        firm = Firm(row.number, code, str(values["name"]), str(values["address"]), number)
        if not code:
            return
        reason, other = self._met_before(firm)
        if other is not None and reason:
            pair = Pair(reason, firm, other)
            if pair.key in self.context.apart:
                row.note("code", "said_apart", code=other.code)
            else:
                row.pair = pair
                row.error("code", "same_firm_in_file", first=str(other.row), code=other.code)
        elif other is not None:
            row.warn("name", "same_firm", first=str(other.row))

    def _met_before(self, firm: Firm) -> tuple[str, Firm | None]:
        """(why, which) an earlier row is the same firm; an empty reason is a mere likeness of
        names without addresses."""
        marks = {"number": [firm.number, firm.code], "organisation": [organisation_of(firm.code)]}
        found: tuple[str, Firm | None] = ("", None)
        for reason, keys in marks.items():
            for key in filter(None, keys):
                other = self._firms.setdefault(f"{reason}{key}", firm)
                if found[1] is None and other.code != firm.code:
                    found = (reason, other)
        place = (alike(firm.name), alike(firm.address))
        other = self._places.setdefault(place, firm)
        if found[1] is None and other.code != firm.code and firm.name:
            return ("name_address" if firm.address else ""), other
        return found
