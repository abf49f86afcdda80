"""Blocks of cells from a clipboard: whatever is in them comes back, and a letter that looks like a quote stays one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.cell_block import read_block, write_block

CELLS = st.text(st.characters(exclude_characters="\r", codec="utf-8"), max_size=12)
BLOCKS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


@given(BLOCKS)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    text = write_block(rows)
    expected = tuple(map(tuple, rows))
    # One empty cell at the end is what a line break at the end looks like.
    assert read_block(text + "\n") == expected


@given(st.text(max_size=60))
def test_anything_is_read_and_no_letter_is_lost(text: str) -> None:
    block = read_block(text)
    assert block
    said = "".join(cell for row in block for cell in row)
    kept = [letter for letter in text if letter not in '"\t\n\r']
    assert [letter for letter in said if letter not in '"\t\n\r'] == kept


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("1\t2\r\n3\t4\r\n", (("1", "2"), ("3", "4"))),
        ('"two\nlines"\t5', (("two\nlines", "5"),)),
        ('"she said ""yes"""\t\r\n', (('she said "yes"', ""),)),
        ('"5 in\tpan', (('"5 in', "pan"),)),
        ('5" pan\tx', (('5" pan', "x"),)),
        ('"a"b\tc', (('"a"b', "c"),)),
        ("", (("",),)),
        ("only", (("only",),)),
    ],
)
def test_blocks_as_spreadsheets_write_them(text: str, block: tuple[tuple[str, ...], ...]) -> None:
    assert read_block(text) == block
