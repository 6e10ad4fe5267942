"""Pure rules: passwords, codes, who may give which role, the tree."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.app.accounts import rules

TOP, MIDDLE, LEAF, OTHER = (UUID(int=number) for number in range(1, 5))
PARENTS = {TOP: None, MIDDLE: TOP, LEAF: MIDDLE, OTHER: None}


def test_a_scope_holds_everything_below_and_nothing_beside():
    assert rules.with_those_below(PARENTS, {MIDDLE}) == {MIDDLE, LEAF}
    assert rules.with_those_below(PARENTS, {TOP}) == {TOP, MIDDLE, LEAF}
    assert rules.with_those_below(PARENTS, set()) == frozenset()


def test_a_circle_in_the_tree_does_not_hang_the_scope():
    assert rules.with_those_below({TOP: MIDDLE, MIDDLE: TOP}, {TOP}) == {TOP, MIDDLE}


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("一二三四五六七八九", "short"),
        ("         a         ", "short"),
        ("x" * 201, "long"),
        ("wangmin1234", "login"),
        ("1234567890", "common"),
        ("ababababab", "common"),
        ("wangmin likes red apples", None),
        ("每天走一万步到河边", "short"),
        ("每天走一万步到河边去", None),
    ],
)
def test_a_password_is_refused_for_what_makes_it_easy_to_guess(password, expected):
    assert rules.weakness("wangmin", password) == expected


@pytest.mark.parametrize("typed", ["abcd-efgh-jkmn", "ABCD EFGH JKMN", "ＡＢＣＤｅｆｇｈJKMN"])
def test_a_code_counts_however_it_was_typed(typed):
    assert rules.plain_code(typed) == "ABCDEFGHJKMN"


def test_a_code_is_printed_in_groups_without_signs_that_look_alike():
    assert rules.grouped_code("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert not set("0O1IL") & set(rules.CODE_ALPHABET)


def refused(changed, roles=("department_admin",), scope=(MIDDLE, LEAF), office=OTHER):
    return rules.refused_grants(
        changed=changed, grantor_roles=roles, admin_scope=scope, oversight_office=office
    )


def test_a_department_administrator_gives_narrow_roles_in_their_departments_only():
    inside, outside = ("supervisor", LEAF), ("supervisor", TOP)
    assert refused([inside]) == []
    assert refused([outside]) == [outside]
    for wide in ("oversight", "system_admin"):
        assert refused([(wide, LEAF)]) == [(wide, LEAF)]


def test_a_system_administrator_gives_all_roles_and_oversight_in_its_office_only():
    roles = ("system_admin",)
    assert refused([("system_admin", TOP), ("oversight", OTHER)], roles, scope=()) == []
    assert refused([("oversight", TOP)], roles, scope=()) == [("oversight", TOP)]
    assert refused([("oversight", TOP)], roles, office=None) == [("oversight", TOP)]


def test_a_department_hangs_below_one_that_exists_and_never_below_itself():
    assert rules.tree_problem(PARENTS, MIDDLE, TOP) is None
    assert rules.tree_problem(PARENTS, None, None) is None
    assert rules.tree_problem(PARENTS, TOP, LEAF) == "circle"
    assert rules.tree_problem(PARENTS, TOP, TOP) == "circle"
    assert rules.tree_problem(PARENTS, None, UUID(int=99)) == "parent"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 12) Chrome/99 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "—"),
    ],
)
def test_a_browser_is_named_by_what_it_says_about_itself(agent, expected):
    assert rules.browser_name(agent) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "wang.min01",
        "ＷＡＮＧ．ｍｉｎ０１",
        " wang.min01 ",
        "wang.min01\u3000",
        "wang\u200b.min01\ufeff",
    ],
)
def test_a_name_to_sign_in_with_counts_however_it_was_typed(typed):
    assert rules.plain_login(typed) == "wang.min01"
    assert rules.slip_in_login(typed) is None


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        ("w\u0430ng", ("login_sign", "\u0430", 2)),
        ("Ｗ ａ王", ("login_sign", "王", 3)),
        ("wang\u0661", ("login_sign", "\u0661", 5)),
        ("wang，min", ("login_sign", ",", 5)),
    ],
)
def test_a_sign_that_no_name_has_is_found_at_its_place(typed, slip):
    assert rules.slip_in_login(typed) == slip


@pytest.mark.parametrize(
    ("password", "slip"),
    [
        ("ｐassword words", "password_width"),
        ("password words ", "password_blanks"),
        ("\u3000password words", "password_blanks"),
        ("password words", None),
        ("每天走一万步到河边去", None),
    ],
)
def test_what_a_keyboard_does_to_a_password_is_told(password, slip):
    found = rules.slip_in_password(password)
    assert (found.code if found else None) == slip


def test_a_sign_that_no_code_has_is_found_at_its_place():
    assert rules.slip_in_code("abcd-efOh") == ("code_sign", "O", 7)
    assert rules.slip_in_code("ａｂｃｄ-efgh") is None
