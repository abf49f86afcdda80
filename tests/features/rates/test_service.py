"""Exchange rates: told, put right, taken away and brought back; nonsense is refused, and jumps are asked about."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.errors import Confirm, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.exchange.service import DOUBTS, IMPORTS, RecordFile, check, run_import
from ims_desktop.features.rates import service
from ims_desktop.features.rates.rules import RateDraft
from tests.features.desks import sit_down
from tests.restaurant import seed
from tests.tenants import Tenant

DAY = date(2026, 1, 2)
EURO = RateDraft("EUR", "USD", DAY, Decimal("1.08"), "Central bank")


@dataclass
class Told:
    """A desk where a rate of the euro was told."""

    desk: TenantDatabase
    tenant: Tenant

    def rows(self, *filters: Filter) -> tuple[service.RateRow, ...]:
        return self.desk.run(service.rates, ListQuery(filters=filters)).rows


@pytest.fixture
def told(tenant: Tenant) -> Told:
    desk = sit_down(tenant)
    desk.run(service.save_rate, EURO)
    return Told(desk, tenant)


def test_a_rate_stands_beside_the_one_before_whichever_way_round_it_was_told(told: Told) -> None:
    told.desk.run(service.save_rate, RateDraft("USD", "EUR", DAY + timedelta(10), Decimal("0.9")))
    newest, oldest = told.rows()
    assert (newest.pair, newest.state, oldest.pair, oldest.state) == ("USD/EUR", "holds", "EUR/USD", "past")
    assert newest.before is not None
    assert round(newest.before, 6) == round(1 / Decimal("1.08"), 6)
    assert told.rows(Filter("state", Match.IN, ("holds",))) == (newest,)
    shown = told.desk.run(service.rate, oldest.id)
    assert (shown.days, shown.course[0], round(shown.course[1], 4)) == (
        (DAY, DAY + timedelta(10)), Decimal("1.08"), Decimal("1.1111"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (replace(EURO, quote="EUR", valid_from=DAY + timedelta(1)), {"quote"}),
        (replace(EURO, base="XXQ", rate=Decimal(0)), {"base", "rate"}),
        (replace(EURO, base="GBP", rate=Decimal(-1)), {"rate"}),
        (replace(EURO, base="GBP", rate=Decimal("0.00000000001")), {"rate"}),
        (replace(EURO, base="GBP", rate=Decimal("NaN")), {"rate"}),
        (replace(EURO, base="GBP", valid_from=date(2999, 1, 1)), {"valid_from"}),
        (replace(EURO, base="GBP", valid_from=date(1900, 1, 1)), {"valid_from"}),
        (replace(EURO, base="GBP", source="x" * 121), {"source"}),
        (replace(EURO, base="USD", quote="EUR"), {"rate"}),
    ],
)
def test_nonsense_is_refused_with_every_reason_at_its_field(told: Told, draft: RateDraft, fields: set[str]) -> None:
    with pytest.raises(UserError) as refused:
        told.desk.run(service.save_rate, draft)
    assert {problem.field for problem in refused.value.problems} == fields
    assert len(told.rows()) == 1


def test_a_rate_that_moves_by_more_than_a_fifth_is_asked_about(told: Told) -> None:
    far = replace(EURO, valid_from=DAY + timedelta(30), rate=Decimal("1.4"))
    with pytest.raises(Confirm) as asked:
        told.desk.run(service.save_rate, far)
    assert "the last rate was 1.08, so it moves by +29.6 %" in str(asked.value)
    assert len(told.rows()) == 1
    told.desk.run(service.save_rate, far, consents=frozenset({asked.value.consent}))
    assert told.rows()[0].rate == Decimal("1.4")
    near = (CellChange(CellPlace(told.rows()[0].id, "rate"), Decimal("1.4"), Decimal("1.1")),)
    told.desk.run(service.save_cells, near)
    with pytest.raises(Confirm):
        told.desk.run(service.save_cells, (near[0].back(),))
    assert told.rows()[0].rate == Decimal("1.1")


def test_cells_refuse_what_is_no_rate(told: Told) -> None:
    place = CellPlace(told.rows()[0].id, "rate")
    with pytest.raises(CellsRefused) as refused:
        told.desk.run(service.save_cells, (CellChange(place, Decimal("1.08"), Decimal(0)),))
    assert [problem.text for problem in refused.value.problems] == ["A rate is more than 0."]


def test_what_was_taken_away_comes_back_as_it_was(told: Told) -> None:
    before = told.rows()
    gone = told.desk.run(service.remove_rates, [row.id for row in before]).result
    assert told.rows() == ()
    told.desk.run(service.bring_back, gone)
    assert told.rows() == before


def test_who_does_not_set_the_group_up_only_looks(told: Told) -> None:
    manager = sit_down(told.tenant, "MANAGER")
    row = manager.run(service.rates, ListQuery()).rows[0]
    with pytest.raises(Denied):
        manager.run(service.save_rate, replace(EURO, base="GBP"))
    with pytest.raises(Denied):
        manager.run(service.remove_rates, [row.id])
    with pytest.raises(Denied):
        manager.run(service.save_cells, (CellChange(CellPlace(row.id, "source"), "Central bank", "me"),))


def test_rates_count_at_all_sites_so_the_administrator_of_one_only_looks(told: Told) -> None:
    here = sit_down(told.tenant, "ADMIN", site=seed(told.tenant).site)
    row = here.run(service.rates, ListQuery()).rows[0]
    change = CellChange(CellPlace(row.id, "source"), "Central bank", "me")
    told_by_one = ((service.save_rate, replace(EURO, base="GBP")), (service.remove_rates, [row.id]))
    for work, said in (*told_by_one, (service.save_cells, (change,))):
        with pytest.raises(Denied, match="at all"):
            here.run(work, said)
    file = RecordFile("rates.csv", b"Currency,In currency,From,Rate\nGBP,USD,2026-01-05,1.3\n")
    with pytest.raises(Denied):
        here.run(run_import, IMPORTS["exchange_rates"], file)


def read_in(told: Told, lines: str, *consents: str) -> tuple[int, int]:
    file = RecordFile("rates.csv", f"Currency,In currency,From,Rate\n{lines}".encode())
    result = told.desk.run(run_import, IMPORTS["exchange_rates"], file, consents=frozenset(consents)).result
    return result.added, result.changed


def test_a_file_of_rates_is_read_again_without_doubling_them(told: Told) -> None:
    assert read_in(told, "eur,usd,2026-01-02,1.09\nGBP,USD,2026-01-02,1.27\n") == (1, 1)
    assert read_in(told, "EUR,USD,2026-01-02,1.09\nGBP,USD,2026-01-02,1.27\n") == (0, 0)
    assert {row.pair: row.rate for row in told.rows()} == {"EUR/USD": Decimal("1.09"), "GBP/USD": Decimal("1.27")}


def test_a_file_is_told_everything_that_is_wrong_with_it(told: Told) -> None:
    lines = "USD,EUR,2026-01-02,0.9\nGBP,GBP,2026-01-02,1\nGBP,USD,2026-01-02,0\n"
    lines += "CHF,USD,2026-01-03,1.1\nUSD,CHF,2026-01-03,0.9\n"
    with pytest.raises(UserError) as refused:
        read_in(told, lines)
    assert [(one.row, one.field) for one in refused.value.problems] == [
        (2, "Currency"), (3, "In currency"), (4, "Rate"), (6, "Currency"),
    ]  # fmt: skip
    assert len(told.rows()) == 1


def test_a_pair_that_cannot_be_read_is_told_and_nothing_else_breaks(told: Told) -> None:
    rows = f"{'x' * 300},USD,2026-01-02,1.1\nGBP,{'x' * 300},2026-01-03,9.9\nGBP,USD,2026-02-30,1.2\n"
    with pytest.raises(UserError) as refused:
        read_in(told, rows)
    assert [(one.row, one.field) for one in refused.value.problems] == [
        (2, "Currency"), (3, "In currency"), (4, "From"),
    ]  # fmt: skip


def test_a_jump_in_a_file_is_asked_about(told: Told) -> None:
    lines = "EUR,USD,2026-01-03,1.09\nEUR,USD,2026-01-04,10.9\n"
    file = RecordFile("rates.csv", f"Currency,In currency,From,Rate\n{lines}".encode())
    doubts = told.desk.run(check, IMPORTS["exchange_rates"], file).plan.doubts
    assert [one.row for one in doubts] == [3]
    assert read_in(told, lines, DOUBTS) == (2, 0)
