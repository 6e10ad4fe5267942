"""The lists of codes that server, phone and public documents share: each code once, with its words.

Pure. The phone's ``frontend/src/core/code-lists.ts`` is made from here by
``python -m scripts.code_lists``. A list's version is raised whenever a code or a word of it
changes. A code that nobody shall choose any more is marked as withdrawn and stays, because what
was recorded with it must stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Words:
    """What a code is called in Chinese, the official text, and in English."""

    zh: str
    en: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes. ``system`` is its name in documents and packages."""

    system: str
    version: int
    codes: Mapping[str, Words]

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and code in self.codes

    @property
    def chosen(self) -> tuple[str, ...]:
        """The codes that can be chosen today, in the order of the list."""
        return tuple(code for code, words in self.codes.items() if not words.withdrawn)


RESULTS = CodeList(
    "cn-8",
    1,
    {
        "1": Words("未发现问题", "No problem found"),
        "2": Words("未按规定公示应当公示的信息", "Did not publish what must be published"),
        "3": Words(
            "公示信息隐瞒真实情况、弄虚作假",
            "Published information conceals or falsifies the facts",
        ),
        "4": Words(
            "通过登记的住所（经营场所）无法联系", "Cannot be reached at the registered address"
        ),
        "5": Words("发现问题已责令改正", "Problem found, ordered to correct"),
        "6": Words("不配合检查情节严重", "Refused to cooperate, serious"),
        "7": Words(
            "未发现开展本次抽查涉及的经营活动", "Does not carry on the business inspected for"
        ),
        "8": Words("发现问题待后续处理", "Problem found, to be handled"),
    },
)
"""Categories of an inspection's result 抽查结果, with their official labels."""

FOLLOW_UPS = CodeList(
    "follow-up",
    1,
    {
        "none": Words("无需后续处置", "None needed"),
        "ordered": Words("责令改正", "Ordered to correct"),
        "listed_abnormal": Words("列入经营异常名录", "Listed as operating abnormally"),
        "transferred": Words("移送立案查处", "Transferred to case handling"),
        "copied": Words("抄告其他部门", "Copied to another department"),
    },
)
"""What follows a result."""

GROUNDS = CodeList(
    "recusal",
    1,
    {
        "party_or_relative": Words("本人或近亲属为当事人", "Party to the matter or near relative"),
        "interest": Words("有直接利害关系", "Direct interest"),
        "other_relation": Words("其他可能影响公正的关系", "Other relation"),
    },
)
"""Why an officer must not inspect an enterprise 回避."""

ABSENCES = CodeList(
    "absence",
    1,
    {
        "illness": Words("因病", "Illness"),
        "leave": Words("休假", "Leave"),
        "duty": Words("另有公务", "Other duty"),
        "other_absence": Words("其他缺勤", "Other absence"),
    },
)
"""Why an officer who was drawn cannot go."""

INACTIVE, CERTIFICATE_EXPIRED, ON_LEAVE = "inactive", "certificate_expired", "on_leave"
NOT_QUALIFIED = "not_qualified"
BARS = CodeList(
    "bar",
    1,
    {
        INACTIVE: Words("不在岗", "Not active"),
        CERTIFICATE_EXPIRED: Words(
            "执法证在检查截止日前到期", "Certificate ends before the visits' last day"
        ),
        ON_LEAVE: Words("休假", "On leave"),
        NOT_QUALIFIED: Words("不具备事项要求的资格", "Not qualified for the items"),
    },
)
"""Why an officer may not be drawn, or may no longer inspect."""

RECUSAL, ABSENCE, UNFIT, VACANT = "recusal", "absence", "unfit", "vacant"
CAUSES = CodeList(
    "replacement",
    1,
    {
        RECUSAL: Words("回避", "Recusal"),
        ABSENCE: Words("缺勤", "Absence"),
        UNFIT: Words("不再具备条件", "May no longer inspect"),
        VACANT: Words("人员不足", "Seat was vacant"),
    },
)
"""Why a seat is drawn again, as the public sees it. The finer reason stays in the office."""

ITEM_CATEGORIES = CodeList(
    "item-category",
    1,
    {
        "general": Words("一般检查事项", "General item"),
        "key": Words("重点检查事项", "Key item"),
    },
)
"""The two kinds of items."""

PointKind = Literal["pass", "number", "choice", "text", "date"]
POINT_KINDS = CodeList(
    "point-kind",
    1,
    {
        "pass": Words("合格／不合格／不适用", "Pass / fail / not applicable"),
        "number": Words("数值", "Number"),
        "choice": Words("选择", "Choice"),
        "text": Words("文字", "Text"),
        "date": Words("日期", "Date"),
    },
)
"""What a point of a checklist is answered with."""

EvidenceDemand = Literal["none", "on_fail", "always"]
EVIDENCE_DEMANDS = CodeList(
    "evidence-demand",
    1,
    {
        "none": Words("不要求取证", "No evidence asked for"),
        "on_fail": Words("不合格时须取证", "Evidence when it fails"),
        "always": Words("必须取证", "Evidence always"),
    },
)
"""When a point asks for evidence."""

OptionVerdict = Literal["pass", "fail", "none"]
OPTION_VERDICTS = CodeList(
    "option-verdict",
    1,
    {
        "pass": Words("视为合格", "Counts as pass"),
        "fail": Words("视为不合格", "Counts as fail"),
        "none": Words("不作判定", "No verdict"),
    },
)
"""What an option of a point counts as."""

Verdict = Literal["pass", "fail", "na"]
VERDICTS = CodeList(
    "verdict",
    1,
    {
        "pass": Words("合格", "Pass"),
        "fail": Words("不合格", "Fail"),
        "na": Words("不适用", "Not applicable"),
    },
)
"""What an answer to a point comes to."""

LISTS = {
    "RESULTS": RESULTS,
    "FOLLOW_UPS": FOLLOW_UPS,
    "GROUNDS": GROUNDS,
    "ABSENCES": ABSENCES,
    "BARS": BARS,
    "CAUSES": CAUSES,
    "ITEM_CATEGORIES": ITEM_CATEGORIES,
    "POINT_KINDS": POINT_KINDS,
    "EVIDENCE_DEMANDS": EVIDENCE_DEMANDS,
    "OPTION_VERDICTS": OPTION_VERDICTS,
    "VERDICTS": VERDICTS,
}
"""Every list by its name in the code of both sides."""
