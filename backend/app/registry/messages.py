"""What the import finds, in plain words. Codes come from `imports`; sentences are made here.

A sentence takes its values by name from the finding's params. It says what is wrong and what to
do about it, without the words of programmers.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from backend.app.platform.i18n import lazy_gettext as _l

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
    "not_a_workbook": _l("The workbook is damaged. Open it, save it anew and upload it again"),
    "password_protected": _l("The workbook has a password. Save it without one"),
    "no_such_sheet": _l("The workbook has no sheet of this name"),
    "unknown_kind_of_file": _l("This is neither CSV nor a workbook (.xlsx, .xls)"),
    "too_large": _l("The workbook unpacks to more than this program can hold"),
    "broken_csv": _l("A cell is longer than any register needs: a quotation mark may be missing"),
}

MAPPING = {
    "missing_column": _l("No column is chosen for this field"),
    "doubled_column": _l("This column is already used for another field"),
    "no_such_column": _l("The file has no such column"),
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
    "unknown_word": _l("This is none of the values known for this field"),
    "not_yes_or_no": _l("Expected yes or no"),
    "not_a_number": _l("Expected a number"),
    "out_of_range": _l("The number must lie between %(low)s and %(high)s"),
    # dates
    "date_serial": _l("A spreadsheet's day number, read as %(day)s"),
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
    "code_registration": _l("A 15-digit registration number instead of a social credit code"),
    "code_tidied": _l("Spaces or full-width characters were taken off: %(code)s"),
    "reading_accepted": _l("Read as %(code)s, as you decided"),
    "repeated_row": _l("The same as row %(first)s; taken once"),
    "duplicate_code": _l("Row %(first)s has this code with other contents"),
    "same_firm": _l("Row %(first)s has the same name and address under another code"),
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
    "repeated_item": _l("Row %(first)s has the same item and sub-item"),
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


def headline(code: str) -> str:
    """The sentence for a kind of finding, its values shown as dots."""
    return str(FINDINGS[code]) % _Dots()


def unreadable(code: str) -> LazyString:
    """Why a file cannot be read."""
    return UNREADABLE[code]


class _Dots(dict[str, str]):
    """Stands in for values that differ from row to row."""

    def __missing__(self, key: str) -> str:
        return "…"
