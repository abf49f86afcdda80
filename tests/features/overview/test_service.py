from datetime import date, timedelta
from decimal import Decimal

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.overview.service import Ask, attention, figures
from ims_desktop.features.reports.service import Question, read_report
from tests import restaurant
from tests.features.reports import history
from tests.features.reports.conftest import LAST, Books
from tests.statements import statements
from tests.tenants import MakeTenant

TODAY = date(2026, 11, 20)


def test_the_figures_are_those_of_the_reports(books: Books) -> None:
    site = books.made.site
    found = books.desk.run(figures, Ask(TODAY, site))
    assert found.looking.day == LAST
    assert found.newest == LAST

    week = Question(found.looking.week, found.looking.week_before, site)
    (cost,) = books.desk.run(read_report, "cost-and-waste", week).parts
    assert found.cost is not None
    assert found.cost.figures == cost.figures
    assert found.cost.before == cost.before

    (sales,) = books.desk.run(read_report, "sales", Question.about(found.looking.weeks, site)).parts
    assert sum(one.net for one in found.weeks) == sales.figures["net_sales"]
    assert [one.net for one in found.weeks] == [row["net_sales"] for row in sales.tables["weeks"]]
    (day,) = books.desk.run(read_report, "sales", Question.about(Period(LAST, LAST), site)).parts
    assert (found.day.net, found.day.orders) == (day.figures["net_sales"], day.figures["orders"])
    assert [row["waste"] for row in found.course][-1] == cost.figures["waste"]


def test_the_latest_documents_come_newest_first(books: Books) -> None:
    found = books.desk.run(figures, Ask(TODAY))
    moments = [one.at for one in found.latest]
    assert moments == sorted(moments, reverse=True)
    assert found.latest[0].at.date() == LAST
    assert all(one.value is not None and one.number and one.by == "Olive Owner" for one in found.latest)


def test_the_page_costs_four_round_trips(books: Books) -> None:
    with statements() as sent:
        found = books.desk.run(figures, Ask(TODAY))
    assert len(sent) == 2
    with statements() as sent:
        books.desk.run(attention, found.looking.day, None, True)
    assert len(sent) == 2


def test_who_sees_no_costs_gets_none(books: Books) -> None:
    desk = books.made.tenant.desk(books.made.tenant.person("EMPLOYEE", site=books.made.site))
    found = desk.run(figures, Ask(TODAY, books.made.site, sales=False, costs=False))
    assert found.cost is None
    assert found.day.net == 0
    assert found.latest
    assert all(one.value is None for one in found.latest)
    concerns = desk.run(attention, found.looking.day, books.made.site, False)
    assert concerns.dearer == ()
    assert concerns.never_counted > 0


def test_attention_counts_what_runs_out_and_what_was_not_counted(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    day = date(2025, 6, 2)
    one_kilo = [
        ("Mozzarella", Decimal(1), Decimal(8), None), ("Flour", Decimal(500), Decimal(1), None),
        ("Olive oil", Decimal(90), Decimal(9), None),
    ]  # fmt: skip
    desk.run(history.post, made, "DELIVERY", day, one_kilo)
    desk.run(history.post, made, "WASTE", day, [("Lemon", Decimal(-3), None, "SPOILAGE")])
    counted = [("Flour", Decimal(499), None, "COUNT_DIFFERENCE")]
    desk.run(history.post, made, "COUNT", day - timedelta(days=40), counted)
    found = desk.run(attention, day, made.site, True)
    assert found.negative == 1  # lemons
    assert found.low == 1  # mozzarella: 1 of 8
    assert found.out == 7  # those with a par that never came; prawns have none
    assert found.never_counted == 3
    assert found.long_uncounted == 1
    recounted = [("Flour", Decimal(499), None, "COUNT_DIFFERENCE")]
    desk.run(history.post, made, "COUNT", day, recounted)
    assert desk.run(attention, day, made.site, True).long_uncounted == 0


def test_prices_that_rose_by_five_percent_are_named(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    for day, butter, cream in ((date(2025, 5, 5), "7.00", "4.00"), (date(2025, 5, 26), "7.70", "4.19")):
        lines = [("Butter", Decimal(2), Decimal(butter), None), ("Cream 35%", Decimal(2), Decimal(cream), None)]
        desk.run(history.post, made, "DELIVERY", day, lines)
    found = desk.run(attention, date(2025, 6, 2), made.site, True)
    assert [(one.item, one.rise.quantize(Decimal("0.001"))) for one in found.dearer] == [("Butter", Decimal("0.1"))]
    assert desk.run(attention, date(2025, 9, 1), made.site, True).dearer == ()  # long ago
    assert desk.run(attention, date(2025, 6, 2), made.sites["Harbour"], True).dearer == ()


def test_a_new_tenant_has_nothing_to_show(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    restaurant.seed(tenant)
    found = tenant.desk().run(figures, Ask(TODAY))
    assert found.newest is None
    assert found.latest == ()
    assert found.looking.day == TODAY - timedelta(days=1)


def test_one_currency_is_shown_and_the_others_are_named(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    with tenant.as_root() as root:
        root.execute("UPDATE sites SET currency = 'JPY' WHERE name = 'Harbour'")
    day = date(2025, 5, 5)
    desk.run(history.sell, made, [(day, "1", [("Espresso", 2)])])
    desk.run(history.sell, made, [(day, "2", [("Espresso", 300)])], site="Harbour")
    found = desk.run(figures, Ask(TODAY))
    assert (found.currency, found.other_currencies) == ("JPY", ("USD",))
    assert found.day.net == 900
