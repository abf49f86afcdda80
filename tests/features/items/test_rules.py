"""Packs, barcodes and files of items, without a database."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.features.items.rules import (
    Barcode,
    ItemDraft,
    Pack,
    SiteLevel,
    check_digit,
    checked,
    is_gtin,
    item_units,
    pack_line,
    places,
)

CATEGORY = uuid4()
SITE = uuid4()


def draft(**changes: object) -> ItemDraft:
    return ItemDraft(**{"name": "Tomatoes", "base_unit": "kg", "category_id": CATEGORY, **changes})  # type: ignore[arg-type]


def pack(name: str, quantity: str, of_unit: str) -> Pack:
    return Pack(name, Decimal(quantity), of_unit)


def problems_of(wrong: ItemDraft) -> list[Problem]:
    with pytest.raises(UserError) as refused:
        checked(wrong)
    return list(refused.value.problems)


def test_a_case_of_tins_shows_the_whole_path() -> None:
    packs = (pack("case", "6", "tin"), pack("tin", "2.5", "kg"))
    assert pack_line(packs[0], item_units("kg", packs)) == "1 case × 6 tin × 2.5 kg = 15 kg"


def test_units_are_kept_as_the_item_writes_them() -> None:
    kept = checked(draft(packs=(pack(" Case ", "6", "TIN"), pack("Tin", "400", "grammi"))))
    assert [(p.name, p.of_unit) for p in kept.packs] == [("Case", "Tin"), ("Tin", "g")]


def test_a_contradiction_is_refused_with_both_paths() -> None:
    packs = (pack("tin", "2.5", "kg"), pack("case", "6", "tin"), pack("Case", "14", "kg"))
    assert [(p.field, p.row) for p in problems_of(draft(packs=packs))] == [("packs.name", 3)]
    packs = (pack("tin", "2.5", "kg"), pack("case", "6", "tin"), pack("half", "0.5", "case"), pack("tray", "2", "half"))
    wrong = (*packs, pack("box", "1", "tray"), pack("bx", "1", "box"))
    assert checked(draft(packs=wrong)).packs == wrong
    [problem] = problems_of(draft(base_unit="g", packs=(pack("tin", "2.5", "kg"),), grams_per_each=Decimal(0)))
    assert problem.field == "grams_per_each"


def test_a_circle_is_refused_with_both_paths() -> None:
    problems = problems_of(draft(packs=(pack("case", "6", "tin"), pack("tin", "2", "case"), pack("bag", "1", "kg"))))
    circle = next(p for p in problems if "disagrees" in p.text)
    assert (circle.field, circle.row) == ("packs.quantity", 2)
    assert "1 tin = 2 case disagrees with 1 tin ÷ 6 case" in circle.text


def test_a_pack_said_twice_shows_both_paths_where_they_disagree() -> None:
    packs = (pack("tin", "2.5", "kg"), pack("case", "6", "tin"))
    [problem] = problems_of(draft(packs=(*packs, pack("Case", "14", "kg"))))
    assert "1 case = 14 kg disagrees with 1 case × 6 tin × 2.5 kg = 15 kg" in problem.text
    [problem] = problems_of(draft(packs=(*packs, pack("case", "15", "kg"))))
    assert problem.text == "case is there twice."


def test_a_pack_that_leads_nowhere_is_named_at_its_row() -> None:
    [first, *_] = problems_of(draft(packs=(pack("case", "6", "tin"), pack("tin", "2", "each"))))
    assert first.row == 1
    assert "does not lead to kg" in first.text


def test_everything_wrong_is_said_at_once() -> None:
    wrong = ItemDraft(
        "",
        "stone",
        packs=(pack("kg", "0", "moon"),),
        barcodes=(Barcode("4006381333930"), Barcode("40063x"), Barcode("123"), Barcode("4006381333931", "pallet")),
        levels=(SiteLevel(SITE, Decimal(2), Decimal(3)), SiteLevel(SITE, Decimal(-1))),
        yield_ratio=Decimal(0),
        shelf_life_days=-1,
        allergens=("cats",),
    )
    found = {(p.field, p.row) for p in problems_of(wrong)}
    assert found >= {
        *(("name", None), ("base_unit", None), ("category_id", None), ("yield_ratio", None), ("shelf_life_days", None)),
        *(("packs.name", 1), ("packs.quantity", 1), ("packs.of_unit", 1), ("allergens", None)),
        *(("barcodes.gtin", 1), ("barcodes.gtin", 2), ("barcodes.gtin", 3), ("barcodes.unit", 4)),
        *(("levels.reorder_point", 1), ("levels.site_id", 2), ("levels.par", 2)),
    }


@given(st.sampled_from((7, 11, 12, 13)).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_a_check_digit_finds_every_single_wrong_digit(digits: str) -> None:
    code = digits + check_digit(digits)
    assert is_gtin(code)
    for place, digit in enumerate(code):
        assert not is_gtin(code[:place] + str((int(digit) + 1) % 10) + code[place + 1 :])


def test_pieces_have_no_decimals_until_one_is_broken() -> None:
    assert places("each", Decimal(84)) == 0
    assert places("each", Decimal("2.5")) == 3
    assert places("kg", Decimal(84)) == 3
