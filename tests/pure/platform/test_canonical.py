"""Canonical JSON: the fast way and the standard's way give the same bytes."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from backend.app.platform import canonical

SAFE = 2**53 - 1
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(values)
def test_every_value_gives_the_bytes_of_the_standard(value: object) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(plain)
def test_plain_values_take_the_fast_way_and_give_the_same_bytes(value: object) -> None:
    assert canonical.is_plain(value)
    assert canonical.dumps(value) == rfc8785.dumps(value)


def test_every_control_character_is_written_alike() -> None:
    text = "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028\u2029é中𠮷'
    assert canonical.dumps({"a": text}) == rfc8785.dumps({"a": text})


def test_keys_beyond_the_basic_plane_are_sorted_by_utf16() -> None:
    value = {"\U0001f600": 1, "\ufb33": 2}
    assert not canonical.is_plain(value)
    assert canonical.dumps(value) == '{"\U0001f600":1,"\ufb33":2}'.encode()


@pytest.mark.parametrize("value", [2**53, -(2**60), float("nan"), "\ud800", {"k": b"x"}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.dumps(value)
