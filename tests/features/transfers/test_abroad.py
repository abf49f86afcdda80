"""Transfers between sites of different currencies: converted once, nothing lost in either, and told on the way."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.admin.verification import findings
from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.reports.screen.behind import place_of_row
from ims_desktop.features.reports.service import read_report
from ims_desktop.features.stock.service import LedgerQuestion, item_stock, ledger, levels
from ims_desktop.features.transfers import service
from ims_desktop.features.transfers.rules import Arrival, Receipt, Rest, Sending, SentLine
from ims_desktop.features.transfers.service import TakingBack
from ims_desktop.ui.desk import Place
from tests.features.transfers.conftest import Bench
from tests.restaurant import fill

TODAY = date.today()
RATE = Decimal("0.9")


@pytest.fixture
def abroad(bench: Bench) -> Bench:
    """The harbour keeps its stock in euro; a dollar was worth 0.80 last year and is worth 0.90 since yesterday."""
    bench.root.execute("UPDATE sites SET currency = 'EUR' WHERE id = %s", [bench.restaurant.sites["Harbour"]])
    told = ((TODAY - timedelta(365), "USD", "EUR", "0.8"), (TODAY - timedelta(2), "USD", "EUR", str(RATE)))
    fill(
        bench.root,
        "exchange_rates",
        "id, valid_from, base, quote, rate",
        [(uuid4(), str(d), *more) for d, *more in told],
    )
    return bench


def sent(bench: Bench, quantity: str = "3", item: str = "Flour", cost: str = "3.333333") -> UUID:
    """Some of an item, sent to the harbour."""
    bench.receive(item, 20, cost)
    made = bench.restaurant
    line = SentLine(made.items[item], made.home(item), Decimal(quantity))
    posted: UUID = bench.desk.run(
        service.send, Sending(uuid4(), made.site, made.sites["Harbour"], (line,), "Van 1")
    ).result.id
    return posted


def arrives(bench: Bench, transfer: UUID, quantity: str, rest: Rest = Rest.STAYS, reason: str | None = None) -> Receipt:
    """Receive so much of the only line."""
    [line] = bench.desk.run(service.transfer, transfer).lines
    why = bench.restaurant.reasons[reason] if reason else None
    place = bench.restaurant.locations["Harbour", "Dry store"]
    receipt = Receipt(uuid4(), transfer, (Arrival(line.id, Decimal(quantity), place, rest, why),))
    bench.desk.run(service.receive, receipt)
    return receipt


def held(bench: Bench, site: str) -> tuple[Decimal, Decimal]:
    """Quantity and value at a site."""
    rows: Any = bench.root.execute(
        "SELECT sum(quantity), sum(value) FROM stock_costs WHERE site_id = %s", [bench.restaurant.sites[site]]
    ).fetchone()
    return rows


def breaches(bench: Bench) -> Sequence[object]:
    """What verification says of the books."""
    said = ("audit of", "level")  # the fixture writes past the audit
    with bench.root.transaction():
        return [one for one in findings(bench.root) if not one.check.startswith(said)]


def test_what_left_is_converted_by_the_rate_of_its_day_and_nothing_is_lost_by_splitting_it(abroad: Bench) -> None:
    transfer = sent(abroad)
    shown = abroad.desk.run(service.transfer, transfer)
    assert (shown.row.currency, shown.to_currency, shown.rate) == ("USD", "EUR", RATE)
    assert (shown.row.value_under_way, shown.value_there) == (Decimal("9.999999"), Decimal("8.999999"))
    for quantity in ("1.4", "0.7"):
        arrives(abroad, transfer, quantity)
        shown = abroad.desk.run(service.transfer, transfer)
        arrived = held(abroad, "Harbour")[1]
        assert shown.value_there is not None
        assert arrived + shown.value_there == Decimal("8.999999")
    # a rate that is put right later changes nothing that has left
    abroad.root.execute("UPDATE exchange_rates SET rate = 7 WHERE rate = %s", [RATE])
    arrives(abroad, transfer, "0.9")
    assert held(abroad, "Harbour") == (3, Decimal("8.999999"))
    assert held(abroad, "Downtown")[1] == Decimal("66.66666") - Decimal("9.999999")
    assert breaches(abroad) == []


def test_short_surplus_and_back_keep_what_they_left_with_in_both_currencies(abroad: Bench) -> None:
    short = sent(abroad, "10", cost="2")
    first = arrives(abroad, short, "4", Rest.BACK)
    assert (held(abroad, "Harbour"), held(abroad, "Downtown")) == ((4, Decimal("7.2")), (16, 32))
    abroad.desk.run(service.undo_receipt, TakingBack(uuid4(), first.key, "Counted again"))
    assert (held(abroad, "Harbour"), held(abroad, "Downtown")) == ((0, 0), (10, 20))
    arrives(abroad, short, "4", Rest.MISSING, "DAMAGE")
    assert (held(abroad, "Harbour"), held(abroad, "Downtown")) == ((4, Decimal("7.2")), (10, 20))
    much = sent(abroad, "5", "Butter", "2")
    arrives(abroad, much, "7", reason="FOUND")
    assert held(abroad, "Harbour") == (11, Decimal("7.2") + Decimal("12.6"))
    gone = sent(abroad, "1", "Butter", "2")
    abroad.desk.run(service.cancel, TakingBack(uuid4(), gone, "Wrong site"))
    assert breaches(abroad) == []


def test_without_a_rate_it_says_which_day_and_pair_and_where_to_enter_it(abroad: Bench) -> None:
    abroad.root.execute("UPDATE exchange_rates SET valid_from = current_date + 1 WHERE rate = %s", [RATE])
    abroad.root.execute("DELETE FROM exchange_rates WHERE rate <> %s", [RATE])
    with pytest.raises(UserError) as refused:
        sent(abroad)
    [problem] = refused.value.problems
    assert problem.field == "to_site_id"
    for words in ("USD", "EUR", "Exchange rates", "or a day before", "Harbour"):
        assert words in problem.text


def test_what_is_on_the_way_is_told_where_it_goes_and_who_owns_it(abroad: Bench) -> None:
    made, harbour = abroad.restaurant, abroad.restaurant.sites["Harbour"]
    transfer = sent(abroad, "10", cost="2")
    flour = made.items["Flour"]
    [there] = [row for row in abroad.desk.run(levels, ListQuery(site=harbour)).rows if row.item_id == flour]
    assert (there.on_hand, there.on_the_way) == (0, 10)
    [here] = [row for row in abroad.desk.run(levels, ListQuery(site=made.site)).rows if row.item_id == flour]
    assert (here.on_hand, here.on_the_way) == (10, 0)
    stock = abroad.desk.run(item_stock, flour, harbour)
    [coming] = stock.transfers
    assert (coming.id, coming.site, coming.quantity, coming.value) == (transfer, "Downtown", 10, 18)
    counter = abroad.sign_in(abroad.tenant.person("EMPLOYEE", site=harbour))
    [coming] = counter.run(item_stock, flour, harbour).transfers
    assert (coming.quantity, coming.value) == (10, None)
    arrives(abroad, transfer, "4")
    [line] = [
        line for line in abroad.desk.run(ledger, LedgerQuestion(_sku(abroad, flour))) if line["kind"] == "transfer_out"
    ]
    assert (line["rate"], line["currency"]) == ("0.9", "USD")


def _sku(bench: Bench, item: UUID) -> str:
    found: Any = bench.root.execute("SELECT sku FROM items WHERE id = %s", [item]).fetchone()
    return str(found[0])


def test_the_value_of_stock_is_whole_with_what_is_on_the_way(abroad: Bench) -> None:
    def told(day: date, site: UUID | None = None) -> dict[str, tuple[float, float]]:
        question = Question.about(Period(day, day), site)
        parts = abroad.desk.run(read_report, "stock-value", question).parts
        return {part.currency: (float(part.money("value")), float(part.money("on_the_way"))) for part in parts}

    transfer = sent(abroad, "10", cost="2")
    [(day,)] = abroad.root.execute("SELECT max(business_day) FROM stock_movements").fetchall()
    assert told(day) == {"USD": (20, 20)}
    assert set(told(day - timedelta(1)).values()) <= {(0, 0)}
    arrives(abroad, transfer, "4")
    assert told(day) == {"USD": (20, 12), "EUR": (7.2, 0)}
    assert told(day, abroad.restaurant.sites["Harbour"]) == {"EUR": (7.2, 0)}
    report = abroad.desk.run(read_report, "stock-value", Question.about(Period(day, day)))
    [row] = report.parts[0].tables["transfers"]
    assert {one.key for table in report.spec.tables if table.key == "transfers" for one in table.columns} <= set(row)
    assert place_of_row(report, report.parts[0], "transfers", row) == Place("transfers", transfer)
    assert (row["transfer_id"], row["site"], row["to_site"], row["value"]) == (transfer, "Downtown", "Harbour", 12)
