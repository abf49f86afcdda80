"""While somebody counts blind, other pages do not take hidden stock for none."""

from decimal import Decimal
from uuid import uuid4

from ims_desktop.features.adjustments import service as adjustments
from ims_desktop.features.adjustments.rules import warning
from ims_desktop.features.counts import service
from ims_desktop.features.counts.service import Ending
from tests.features.counts.conftest import Bench, read, start


def test_hidden_stock_is_not_told_as_none(shared_bench: Bench) -> None:
    shared_bench.receive("Flour", 50, 2)
    counter = shared_bench.sign_in(shared_bench.tenant.person("EMPLOYEE"))
    site, lots = shared_bench.restaurant.site, Decimal(-3)

    def seen() -> tuple[bool, Decimal, bool]:
        [flour] = counter.run(adjustments.find_items, site, "flour")
        [known] = [one for one in counter.run(adjustments.known_here, site).items if one.name == "Flour"]
        assert known.is_hidden is flour.is_hidden
        return flour.is_hidden, flour.on_hand, warning(flour, lots, flour.home_id) is None

    assert seen()[::2] == (False, True)
    sheet = start(shared_bench, is_blind=True)
    assert seen() == (True, Decimal(0), True), "nothing is said of what is not seen"
    [own] = shared_bench.desk.run(adjustments.find_items, site, "flour")
    assert not own.is_hidden, "who may post counts sees it"
    shared_bench.desk.run(service.discard, Ending(uuid4(), sheet, read(shared_bench, sheet).version, "Done"))
    assert seen()[0] is False
