"""File names made from other people's ids."""

from __future__ import annotations

import re

import pytest

from reports.names import file_names


@pytest.mark.parametrize("given", ["a-17", "c_001", "v1.2", "7", "A", "x" * 64])
def test_a_plain_id_keeps_its_name(given: str) -> None:
    assert file_names([given]) == {given: given}


@pytest.mark.parametrize(
    "given",
    [
        "", ".", "..", "../../etc/passwd", "a/b", "a\\b", ".hidden", "-rf", "a b", "a\nb", "陈晓", "C:evil", "a" * 65,
        "con", "NUL.txt", "com1", "<script>", "javascript:alert(1)", "a%2e%2e", "a#t=1", "a?b", "x\u202ey", "\ud800",
    ],
)  # fmt: skip
def test_any_other_id_becomes_a_safe_one(given: str) -> None:
    name = file_names([given])[given]
    assert name != given
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}", name)


def test_no_two_ids_share_a_file() -> None:
    # 'A-1' and 'a-1' are one file on Windows and macOS; 'a 1', 'a/1' and 'a-1' have the same safe characters.
    ids = ["A-1", "a-1", "a 1", "a/1", "a?1", "ａ1", "", "陈", "晓"]
    names = file_names(ids)
    assert len({name.casefold() for name in names.values()}) == len(ids)


def test_an_id_that_looks_like_anothers_hashed_name_does_not_take_its_file() -> None:
    hashed = file_names(["a b"])["a b"]
    names = file_names(["a b", hashed])
    assert names[hashed] == hashed
    assert names["a b"] != hashed


def test_a_reserved_name_gives_way() -> None:
    names = file_names(["unassigned", "Unassigned"], reserved=["unassigned"])
    assert "unassigned" not in {name.casefold() for name in names.values()}
    assert len(set(names.values())) == 2


def test_order_does_not_matter() -> None:
    ids = ["b c", "B C", "b-c", "x"]
    assert file_names(ids) == file_names(reversed(ids))
