"""Production on a real database: what goes in comes out at its value, undone, back-dated, limited, listed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Lot, Part, Production
from tests.features.production.conftest import PACK, RECIPE, SAUCE, Kitchen, moment
from tests.statements import statements

TAKES = {"Tomato tin": Decimal(5), "Olive oil": Decimal("0.3"), "Basil": Decimal("112.5")}
WORTH = Decimal("22.958")  # 5 × 3.325 + 0.3 × 9.86 + 112.5 × 0.03


def names(kitchen: Kitchen) -> dict[object, str]:
    """Items by their key."""
    return {key: name for name, key in kitchen.restaurant.items.items()}


def test_a_batch_takes_what_its_recipe_says_with_what_its_parts_are_made_of(shared_kitchen: Kitchen) -> None:
    prep, by_key = shared_kitchen.prep(), names(shared_kitchen)
    assert {by_key[one.item_id]: one.quantity for one in prep.takes} == TAKES
    assert (prep.batch, prep.base, prep.version_id) == (Decimal(4), "kg", shared_kitchen.version)
    assert [by_key[one.item_id] for one in prep.takes] == ["Basil", "Olive oil", "Tomato tin"], "sauce by name"
    half = {by_key[one.item_id]: one.quantity for one in prep.for_quantity(Decimal(2))}
    assert half == {name: quantity / 2 for name, quantity in TAKES.items()}
    assert prep.units.convert(2, "batch").quantity == 8
    before = shared_kitchen.prep(moment(10).replace(year=2024))
    assert (before.version_id, before.takes) == (None, ()), "nobody had said yet how it is made"
    found = shared_kitchen.desk.run(service.preps, "week sau")
    assert [(one.value, one.text, one.detail) for one in found] == [(prep.recipe_id, RECIPE, f"{SAUCE} · PRP-1")]


def test_what_is_made_is_worth_what_was_used_and_labour_to_the_cent(kitchen: Kitchen) -> None:
    made = kitchen.sauce("4", "3.8", labour=Decimal(12), note="First of the week")
    posted = kitchen.produce(made)
    assert kitchen.produce(made) == posted, "sent again it is the same"
    cost = kitchen.cost(SAUCE)
    assert (cost.quantity, cost.value) == (Decimal("3.8"), WORTH + 12)
    assert kitchen.cost("Tomato tin").quantity == 55
    found = kitchen.desk.run(service.production, posted.id)
    assert (found.recipe, found.value, found.labour, found.off) == (RECIPE, WORTH + 12, Decimal(12), Decimal("-0.05"))
    assert found.difference == (WORTH + 12) * Decimal("-0.05")
    assert {part.item: part.expected for part in found.used} == TAKES
    with statements() as sent:
        [row] = kitchen.desk.run(service.productions, ListQuery("week")).rows
    assert len(sent) == 1
    assert (row.item, row.origin, row.kind, row.made, row.expected) == (SAUCE, RECIPE, "prep", Decimal("3.8"), 4)
    assert (row.off, row.difference) == (Decimal("-0.05"), found.difference)
    kitchen.desk.run(service.take_back, uuid4(), posted.id, "It burnt")
    assert not kitchen.cost(SAUCE).quantity
    assert not kitchen.cost(SAUCE).value
    assert kitchen.cost("Tomato tin").quantity == 60
    [row] = kitchen.desk.run(service.productions, ListQuery()).rows
    assert row.state == "undone"
    assert not kitchen.desk.run(service.productions_summary, ListQuery()).totals["value"]


def test_what_is_made_is_a_lot_that_knows_where_it_came_from(kitchen: Kitchen) -> None:
    kitchen.root.execute("UPDATE items SET tracks_lots = 'EXPIRY', shelf_life_days = 4 WHERE name = 'Basil'")
    kitchen.receive("Basil", "60", "0.03", at=moment(7))
    posted = kitchen.produce(kitchen.sauce("1"))
    lots = {part.item: part.lots for part in kitchen.desk.run(service.production, posted.id).parts}
    assert (lots["Basil"], lots[SAUCE]) == ("2026-03-09", "2026-03-09")
    expires = kitchen.root.execute("SELECT expires_on FROM lots WHERE item_id = %s", [kitchen.restaurant.items[SAUCE]])
    assert expires.fetchone() == (date(2026, 3, 12),), "three days after it was made"
    named = kitchen.sauce("1", effective_at=moment(11))
    out = replace(named.made[0], lots=(Lot("EVENING", None, date(2026, 3, 11)),))
    kitchen.produce(replace(named, made=(out,)))
    known = kitchen.root.execute("SELECT code, expires_on FROM lots WHERE code = 'EVENING'").fetchall()
    assert known == [("EVENING", date(2026, 3, 11))]


def test_repacking_carries_the_value_along_and_says_why_less_came_out(kitchen: Kitchen) -> None:
    with pytest.raises(UserError) as refused:
        kitchen.produce(kitchen.repacked("10", "39"))
    assert [(one.field, one.text) for one in refused.value.problems] == [
        ("reason", "Less came out than went in: say why.")
    ]
    reason = kitchen.restaurant.reasons["SPOILAGE"]
    posted = kitchen.produce(kitchen.repacked("10", "39", reason_id=reason))
    packs = kitchen.cost(PACK)
    assert (packs.quantity, packs.value) == (Decimal(39), Decimal("11.2"))
    found = kitchen.desk.run(service.production, posted.id)
    assert (found.recipe, found.reason, found.off) == ("", "Spoilage", Decimal("-0.025"))
    kitchen.produce(kitchen.repacked("1", "4", effective_at=moment(11)))
    rows = kitchen.desk.run(service.productions, ListQuery()).rows
    assert [(row.kind, row.origin, row.off) for row in rows] == [
        ("repacked", "Flour", 0), ("repacked", "Flour", Decimal("-0.025"))
    ]  # fmt: skip
    assert kitchen.desk.run(service.productions_tab_counts, ListQuery()) == {"all": 2, "prep": 0, "repacked": 2}


def test_several_things_share_what_went_in_by_what_is_in_them(kitchen: Kitchen) -> None:
    whole = kitchen.repacked("10", "20")
    rest = Part(kitchen.restaurant.items["Basil"], kitchen.restaurant.home("Basil"), Decimal(5000), weight=Decimal(5))
    packs = replace(whole.made[0], weight=Decimal(5))
    used = replace(whole.used[0], expected=Decimal(10))
    before = kitchen.cost("Basil").value
    kitchen.produce(replace(whole, used=(used,), made=(packs, rest)))
    assert kitchen.cost(PACK).value == kitchen.cost("Basil").value - before == Decimal("5.6")


def test_a_later_price_of_what_went_in_reaches_what_was_made(kitchen: Kitchen) -> None:
    kitchen.receive("Tomato tin", "60", "5.325", at=moment(8))
    kitchen.produce(kitchen.sauce("4"))
    before = kitchen.cost(SAUCE).value
    effects = kitchen.desk.run(service.foretell, kitchen.sauce("40", effective_at=moment(7)))
    assert effects.others, "what was left is mixed with dearer tins"
    kitchen.receive("Tomato tin", "60", "4.325", at=moment(6, 30))
    assert kitchen.cost(SAUCE).value - before == 0, "these tins cost what all of them do"
    kitchen.receive("Tomato tin", "180", "6.325", at=moment(6, 30))
    assert kitchen.cost(SAUCE).value - before == Decimal(5), "five tins, each a dollar more"


def test_everything_wrong_is_said_at_once(shared_kitchen: Kitchen) -> None:
    good = shared_kitchen.sauce("4")
    with pytest.raises(UserError) as refused:
        shared_kitchen.produce(replace(good, made=(replace(good.made[0], quantity=Decimal(0)),), labour=Decimal(-1)))
    assert [one.field for one in refused.value.problems] == ["quantity", "labour"]
    with pytest.raises(UserError) as refused:
        shared_kitchen.produce(replace(good, used=(), made=()))
    assert [one.text for one in refused.value.problems] == ["Say what was used.", "Say what was made."]
    wrong = {
        "Sauce for the week makes Sauce, ready: say how much of it was made.": replace(
            good, made=(replace(good.made[0], item_id=shared_kitchen.restaurant.items[PACK]),)
        ),
        "This recipe is not of a prep that goes into stock.": replace(good, version_id=uuid4()),
        "Sauce for the week was not made so before 2025-01-01.": replace(
            good, effective_at=moment(10).replace(year=2024)
        ),
        "This reason cannot be used here.": replace(good, reason_id=shared_kitchen.restaurant.reasons["OPENING"]),
        "One item is repacked at a time.": replace(good, version_id=None),
        "Repack it into another item.": replace(
            shared_kitchen.repacked("1", "4"), made=(Part(shared_kitchen.restaurant.items["Flour"],
                                                          shared_kitchen.restaurant.home("Flour"), Decimal(1)),)
        ),
    }  # fmt: skip
    for text, production in wrong.items():
        with pytest.raises(UserError) as refused:
            shared_kitchen.produce(production)
        assert text in [one.text for one in refused.value.problems]


def test_whoever_may_only_count_makes_nothing_and_a_limit_counts_what_was_made_once(kitchen: Kitchen) -> None:
    counter = kitchen.sign_in(kitchen.tenant.person("EMPLOYEE"))
    with pytest.raises(Denied):
        counter.run(service.produce, kitchen.sauce("4"))
    assert counter.run(service.productions_summary, ListQuery()).count == 0
    kitchen.root.execute(
        "UPDATE roles SET permissions = permissions || '{\"production.record\": true}',"
        " limits = '{\"production.record\": 30}' WHERE name = 'Counter'"
    )
    cook = kitchen.sign_in(kitchen.tenant.person("EMPLOYEE"))
    cook.run(service.produce, kitchen.sauce("4"))  # 22.958, which is used and made
    with pytest.raises(Denied, match="more than your limit of 30"):
        cook.run(service.produce, kitchen.sauce("4"))
    [row] = cook.run(service.productions, ListQuery(filters=(Filter("kind", Match.IN, ("prep",)),))).rows
    assert (row.value, row.difference, row.made) == (None, None, 4), "whoever sees no costs sees none here"


def test_a_site_without_negative_stock_uses_no_more_than_it_has(kitchen: Kitchen) -> None:
    kitchen.root.execute("UPDATE sites SET allows_negative = false")
    with pytest.raises(UserError) as refused:
        kitchen.produce(kitchen.sauce("100"))
    assert "Tomato tin" in " ".join(str(one.text) for one in refused.value.problems)


def test_a_production_without_lines_of_its_kind_is_refused(shared_kitchen: Kitchen) -> None:
    empty = Production(uuid4(), shared_kitchen.restaurant.site, (), ())
    with pytest.raises(UserError):
        shared_kitchen.desk.run(service.foretell, empty)
