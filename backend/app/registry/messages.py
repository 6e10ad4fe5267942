"""What the import finds, in plain words. Codes come from `imports`; sentences are made here.

A sentence takes its values by name from the finding's params. It says what is wrong and what to
do about it, without the words of programmers.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from backend.app.platform.i18n import gettext as _
from backend.app.platform.i18n import lazy_gettext as _l
from backend.app.registry.imports.codes import CodeReading

SEVERITIES = {
    "error": _l("Must be put right"),
    "warning": _l("Please look"),
    "note": _l("For your information"),
}

UNREADABLE = {
    "empty_file": _l("The file is empty"),
    "unknown_encoding": _l(
        "The text is neither UTF-8 nor GB18030. Save the file as CSV UTF-8 or as a workbook"
    ),
    "nul_characters": _l(
        "The text holds NUL characters: it is damaged, or UTF-16 without its mark."
        " Save the file as CSV UTF-8 or as a workbook"
    ),
    "not_a_workbook": _l("The workbook is damaged. Open it, save it anew and upload it again"),
    "binary_workbook": _l("This is a binary workbook (.xlsb). Open it and save it as .xlsx"),
    "password_protected": _l("The workbook has a password. Save it without one"),
    "no_such_sheet": _l("The workbook has no sheet of this name"),
    "no_table": _l("The file holds no table. Open it, and save the table as .xlsx"),
    "archive": _l("This is a compressed archive. Unpack it and upload the table inside"),
    "json": _l("This is JSON, not a table. Ask for the list as CSV or as a workbook"),
    "xml": _l(
        "This is XML that holds no table Excel knows. Open it in Excel or WPS and save it as .xlsx"
    ),
    "broken_xml": _l(
        "The inside of the file is damaged. Open it in Excel or WPS and save it anew as .xlsx"
    ),
    "document_type": _l(
        "The file declares a document type (DTD), which no workbook needs and this program refuses."
        " Open it in Excel or WPS and save it anew as .xlsx"
    ),
    "unknown_kind_of_file": _l(
        "This is none of the files that can be read: CSV, .xlsx, .xls, .et, .ods, a table saved"
        " as web page or XML"
    ),
    "too_large": _l("The workbook unpacks to more than this program can hold"),
    "broken_csv": _l(
        "More than a thousand rows have quotation marks that do not fit, the last in line %(line)s."
        " Save the file anew as CSV or as a workbook"
    ),
}

MAPPING = {
    "missing_column": _l("No column is chosen for this field"),
    "doubled_column": _l("This column is already used for another field"),
    "no_such_column": _l("The file has no such column"),
    "undecided_column": _l("Choose a field for this column, or say that it is left out"),
}

QUESTIONS = {
    "rival": _l("This column could be “%(field)s” as well, which is read from another column."),
    "decisive": _l(
        "This column looks as if it decided who can be drawn or inspected. Left out, everybody"
        " counts as eligible."
    ),
}
"""Why a column without a field needs a decision."""

FATES = {
    "header": _l("Title and column names"),
    "hidden": _l("Hidden in the sheet, left out"),
    "example": _l("Examples, instructions and totals of the template"),
    "empty": _l("Nothing in the columns that are read"),
    "repeated_row": _l("The same as an earlier row"),
    "joined_firm": _l("The firm of another row, as you decided"),
}
"""Rows that become no entry, by why."""

EFFECTS = {
    "new": _l("New in the register"),
    "changed": _l("Changed in the register"),
    "unchanged": _l("In the register already, unchanged"),
}

PAIR_REASONS = {
    "number": _l("Same registration number"),
    "organisation": _l("Same organisation code inside both codes"),
    "name_address": _l("Same name and address"),
}

FAILURES = {
    "unexpected": _l("Something went wrong with this file. Nothing was written; check it again"),
    "file_unreadable": _l("The file could not be read to its end"),
    "changed_since_check": _l(
        "Since the check, entries of this file have come to belong to another department."
        " Check again"
    ),
}

FINDINGS: dict[str, LazyString] = {
    # any cell
    "missing_cell": _l("The cell is empty but the field is needed"),
    "placeholder_empty": _l("Stands for an empty cell and is read as empty"),
    "cleaned_full_width": _l("Full-width letters or digits were read as half-width"),
    "cleaned_line_break": _l("A line break inside the text was taken out"),
    "cleaned_export_leftover": _l("A leftover of an export (_x000D_) was taken out"),
    "cleaned_spaces": _l("Repeated or unusual spaces were read as one"),
    "cleaned_trimmed": _l("Spaces at the ends were taken off"),
    "cleaned_invisible": _l("Invisible characters were taken out"),
    "cleaned_not_composed": _l("Letters written in parts were joined (Unicode NFC)"),
    "too_long": _l("The text has %(length)s characters; at most %(longest)s fit"),
    "unbalanced_mark": _l("“%(mark)s” has no partner: text may have been cut off"),
    "doubled_separator": _l("Doubled separators: texts may have been joined or lost"),
    "unknown_word": _l("“%(word)s” is no value known for this field: say below what it means"),
    "unknown_word_aside": _l(
        "“%(word)s” is no value known for this field; the row is taken without it."
        " Say below what it means"
    ),
    "word_decided": _l("“%(word)s” was read as decided for such files"),
    "error_cell": _l(
        "The cell shows the error %(shown)s. Mend the formula in the file, or leave the column out"
    ),
    "lost_character": _l(
        "A character was lost here (%(mark)s). Get the right text from the source"
    ),
    "control_character": _l(
        "A control character (%(mark)s) stood in this text and was taken out. Compare the text"
        " with the source"
    ),
    "text_guard": _l("The quotation or apostrophe that keeps a code text was taken off"),
    "shown_text_taken": _l(
        "The sheet shows %(shown)s but holds %(stored)s; what it shows was taken"
    ),
    "shown_otherwise": _l(
        "The sheet may show another text than the number it holds (%(stored)s). Compare the two"
    ),
    "number_rounded": _l("Read as %(number)s"),
    "not_a_coordinate": _l("This is not a position; the row is taken without it"),
    # whole rows
    "quote_open": _l(
        "A quotation mark opens in line %(line)s of the file and does not close where a cell ends."
        " The following lines were read as rows of their own"
    ),
    "quote_early": _l(
        "Line %(line)s of the file: text follows the quotation mark that closes a cell"
    ),
    "quote_stray": _l(
        "Line %(line)s of the file: a quotation mark stands inside a cell without its partner"
    ),
    "more_cells": _l(
        "The row has %(count)s cells, the column names %(columns)s: a delimiter stands inside a"
        " cell and moved the others"
    ),
    "fewer_cells": _l("The row has %(count)s cells, the column names %(columns)s"),
    "hidden_row": _l("The row is hidden in the sheet and was left out"),
    "example_row": _l("Not an entry but part of the template, left out: “%(text)s”"),
    "empty_row": _l("Holds nothing in the columns that are read"),
    "joined_row": _l("Goes on with row %(first)s: its texts were added there"),
    "not_yes_or_no": _l("Expected yes or no"),
    "not_a_number": _l("Expected a number"),
    "out_of_range": _l("The number must lie between %(low)s and %(high)s"),
    # dates
    "date_serial": _l("A spreadsheet's day number, read as %(day)s"),
    "date_zone": _l("A moment of another time zone; the day in China is %(day)s"),
    "date_endless": _l("Valid without end, kept as %(day)s"),
    "date_range": _l("A period; its last day %(day)s was taken"),
    "date_incomplete": _l("The day is missing: write year, month and day"),
    "date_ambiguous": _l("Day and month cannot be told apart: write the year first"),
    "date_impossible": _l("There is no such day"),
    "date_unreadable": _l("This is not a date"),
    # departments
    "unknown_department": _l("No department is called “%(department)s”: choose which one is meant"),
    "missing_department": _l("No department is given: choose one for rows without"),
    "department_not_kept": _l("“%(department)s” is a department you do not keep"),
    "belongs_elsewhere": _l(
        "Is in the register already, under a department or region you do not keep"
    ),
    # enterprises
    "code_damaged": _l(
        "A spreadsheet turned this code into a number and its last digits are lost."
        " Get the code from the source"
    ),
    "code_damaged_shared": _l(
        "A spreadsheet turned this code into a number; row %(first)s shows the same wrong number."
        " They may be different firms: get the codes from the source"
    ),
    "code_rounded": _l(
        "The code ends in zeros as a spreadsheet leaves it and its check digit fails."
        " Get the code from the source"
    ),
    "code_rounded_shared": _l(
        "The code ends in zeros as a spreadsheet leaves it, the same as in row %(first)s."
        " Get the codes from the source"
    ),
    "code_lowercase": _l("Written in lower case; likely reading %(likely)s"),
    "code_mix_up": _l(
        "The check digit fails; look-alike characters may be mixed up. Likely reading %(likely)s"
    ),
    "code_check_digit": _l("The check digit does not fit: at least one character is wrong"),
    "code_alphabet": _l("Holds characters that no social credit code has"),
    "code_length": _l(
        "%(length)s characters: a social credit code has 18, a registration number 15"
    ),
    "code_old_number": _l(
        "A registration number of %(length)s digits, as given out before 2007: nothing in it can be"
        " checked. Look up the present code"
    ),
    "code_cooperative": _l(
        "The registration number of a farmers' co-operative: nothing in it can be checked."
        " Look up the social credit code"
    ),
    "code_organisation": _l(
        "An organisation code, a part of the social credit code only. Look up the whole code"
    ),
    "code_from_second": _l("The code was taken from the column of registration numbers: %(code)s"),
    "code_registration": _l("A 15-digit registration number instead of a social credit code"),
    "code_tidied": _l("Spaces or full-width characters were taken off: %(code)s"),
    "reading_accepted": _l("Read as %(code)s, as you decided"),
    "repeated_row": _l("The same as row %(first)s; taken once"),
    "duplicate_code": _l("Row %(first)s has this code with other contents"),
    "same_firm": _l("Row %(first)s has the same name and address under another code"),
    "same_firm_in_file": _l(
        "Row %(first)s seems to be the same firm under the code %(code)s: say whether they are one"
    ),
    "same_firm_in_register": _l(
        "The register has this firm, it seems, as “%(name)s” under the code %(code)s: say whether"
        " they are one"
    ),
    "joined_firm": _l("The firm of the row with the code %(code)s, as you decided"),
    "said_apart": _l("Another firm than %(code)s, as you decided"),
    "status_empty": _l("No status is given. A firm that is new counts as in business"),
    "missing_region": _l("No region is given: choose one for rows without"),
    "default_region": _l("No region is given; %(region)s is used, as you decided"),
    "region_shape": _l("A region code has 6, 9 or 12 digits"),
    "region_differs": _l("The region differs from the one inside the code (%(code_region)s)"),
    "region_not_kept": _l("This region is not under your department"),
    # officers
    "certificate_damaged": _l(
        "A spreadsheet turned this number into a power of ten. Get it from the source"
    ),
    "certificate_shape": _l("A certificate number has 4 to 40 letters, digits or hyphens"),
    "certificate_expired": _l("The certificate ended on %(day)s: this officer cannot be drawn"),
    "duplicate_certificate": _l("Row %(first)s has this certificate with other contents"),
    "active_empty": _l("Nothing says whether this officer is active; a new one counts as active"),
    "unknown_qualification": _l(
        "No item asks for the qualification “%(word)s”: is it called otherwise in the items?"
    ),
    "phone_damaged": _l("A spreadsheet turned this number into a power of ten"),
    "phone_shape": _l("This does not look like a telephone number"),
    # items
    "missing_item_code": _l(
        "The item has no code. Add codes, or choose to number such items by department"
    ),
    "will_be_numbered": _l("No code: gets its department's code and the next free number"),
    "item_code_damaged": _l("A spreadsheet turned this code into a number"),
    "item_code_shape": _l("A code holds letters, digits, dots and hyphens, at most 40"),
    "ratio_prose": _l("Holds no number. Kept as text; the ratio is set when a draw is prepared"),
    "frequency_prose": _l("Holds no number. Kept as text"),
    "neighbour_ratio": _l("A ratio stands in the column for the frequency"),
    "neighbour_legal_basis": _l("Reads like a legal basis: text of a neighbouring column?"),
    "neighbour_content": _l("Reads like what is to be checked: text of a neighbouring column?"),
    "missing_legal_basis": _l("No legal basis is given"),
    "code_of_another_item": _l("Row %(first)s has this code for another item: “%(name)s”"),
    "other_department": _l("Row %(first)s gives this item another department"),
    "other_category": _l("Row %(first)s gives this item another category"),
    "repeated_item": _l("Row %(first)s has the same item and sub-item with other contents"),
    "joined_to_item": _l("Same code as row %(first)s: becomes a sub-item of that item"),
    "subitem_differs": _l("Differs from row %(first)s of the same item; kept with the sub-item"),
    # checklists and materials
    "unknown_item": _l(
        "No item has the code %(item)s. Import the items first, or correct the code"
    ),
    "duplicate_point_number": _l(
        "Number used twice in the checklist of %(item)s, first in row %(first)s."
        " The whole checklist is left out until the numbers differ"
    ),
    "point_number_shape": _l("A number holds letters, digits, dots and hyphens, at most 12"),
    "missing_method": _l("No method is given"),
    "other_title": _l("The title differs from row %(first)s; that one is used"),
    "bounds_without_number": _l("Only a number can have bounds"),
    "bounds_swapped": _l("The lower bound %(low)s is above the upper bound %(high)s"),
    "unknown_verdict": _l(
        "“%(verdict)s” is not a verdict: write pass, fail or none after the colon"
    ),
    "too_few_options": _l("A choice needs at least two options"),
    "condition_shape": _l("Write a condition as number = value, for instance 3.1=fail"),
    "condition_point": _l("The checklist has no other point %(no)s"),
    "condition_value": _l("Point %(no)s has no such option"),
    "form_leftover": _l("Leftovers of the printed form (blank lines, dots) were taken off"),
    "duplicate_item": _l("Row %(first)s names this item already"),
}


def finding(code: str, params: Mapping[str, str]) -> str:
    """The sentence for a finding, with its values."""
    return str(FINDINGS[code]) % dict(params)


_CODE_SIGNS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


def code_problem(code: str, reading: CodeReading) -> str:
    """Return what is wrong with a code that somebody typed: which character, where that is known.

    ``reading`` is what ``imports.codes.read_code`` found.
    """
    if reading.likely is not None and len(reading.likely) == len(code):
        return _doubtful_signs(code, reading.likely)
    if reading.problem == "code_alphabet":
        place, sign = next(
            (pair for pair in enumerate(code, start=1) if pair[1] not in _CODE_SIGNS), (1, code[0])
        )
        return _(
            "Character %(place)s, “%(sign)s”, stands in no social credit code",
            place=place,
            sign=sign,
        )
    if reading.problem == "code_check_digit":
        return _(
            "%(count)s characters, but the check digit does not fit: compare them one by one",
            count=len(code),
        )
    return finding(reading.problem or "code_check_digit", {"length": str(len(code))})


def _doubtful_signs(code: str, likely: str) -> str:
    """Return which characters have to be another that looks like them, and the code as it reads
    then."""
    doubts = [
        _("is character %(place)s a %(right)s and not a %(wrong)s?", place=n, right=b, wrong=a)
        for n, (a, b) in enumerate(zip(code, likely, strict=True), start=1)
        if a != b
    ]
    return _(
        "%(count)s characters, but the check digit does not fit: %(doubts)s It fits %(likely)s",
        count=len(code),
        doubts=" ".join(doubts),
        likely=likely,
    )


def headline(code: str) -> str:
    """The sentence for a kind of finding, its values shown as dots."""
    return str(FINDINGS[code]) % _Dots()


def why_left_out(code: str) -> str:
    """Why rows of a file are left out, for a reconciliation."""
    return str(_WITH_OTHERS) if code == "kept_out_with_others" else headline(code)


_WITH_OTHERS = _l("Sound, but another row of the same entry is not")


def unreadable(code: str, params: Mapping[str, str]) -> str:
    """Why a file cannot be read."""
    return str(UNREADABLE[code]) % dict(params)


class _Dots(dict[str, str]):
    """Stands in for values that differ from row to row."""

    def __missing__(self, key: str) -> str:
        return "…"
