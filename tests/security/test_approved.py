"""What an approval of a count covers: the lines that were seen, within what is left of the limit of who approved."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied
from ims_desktop.features.counts import service
from tests.features.counts.conftest import enter, entry, post, read, start
from tests.features.stock.conftest import Bench, bench

__all__ = ["bench"]

RIGHTS = ("sites.view", "stock.view", "stock.cost", "counts.enter", "counts.post", "items.view")
TOO_MUCH = "worth more than your limit"


def somebody(bench: Bench, name: str, limit: int) -> TenantDatabase:
    """Somebody who posts counts up to a limit."""
    with bench.tenant.as_root() as root:
        root.execute(
            "INSERT INTO roles (name, permissions, limits) VALUES (%s, %s, %s)",
            (name, Jsonb(dict.fromkeys(RIGHTS, True)), Jsonb({"counts.post": limit})),
        )
    return bench.sign_in(bench.tenant.person("EMPLOYEE", role=name))


def counted(bench: Bench, by: TenantDatabase, flour: str) -> UUID:
    """A count of which the flour was counted and handed over."""
    sheet = start(bench, desk=by)
    enter(bench, sheet, entry(bench, "Flour", flour), desk=by)
    by.run(service.hand_over, sheet, read(bench, sheet).version)
    return sheet


def approve(bench: Bench, sheet: UUID, by: TenantDatabase) -> None:
    """Approve a count as it was seen."""
    by.run(service.approve, sheet, read(bench, sheet).version, by.run(service.review, sheet).seen)


@pytest.fixture
def shift(bench: Bench) -> TenantDatabase:
    """There are 50 kg of flour at 2.00; the shift posts differences up to 10.00 a day."""
    bench.receive("Flour", 50, 2, at=datetime.now(UTC) - timedelta(hours=5))
    return somebody(bench, "Shift", 10)


def test_an_approval_does_not_cover_lines_that_nobody_counted(bench: Bench, shift: TenantDatabase) -> None:
    bench.receive("Butter", 20, 7, at=datetime.now(UTC) - timedelta(hours=5))
    sheet = counted(bench, shift, "49")
    approve(bench, sheet, bench.desk)
    with pytest.raises(Denied, match=TOO_MUCH):
        post(bench, sheet, "ZERO", shift)
    assert bench.cost("Butter").quantity == 20
    post(bench, sheet, "LEAVE", shift)
    assert bench.cost("Flour").quantity == 49


def test_what_was_posted_without_an_approval_after_all_uses_the_limit(bench: Bench, shift: TenantDatabase) -> None:
    """An approval that does not hold any more leaves nothing behind that hides what was used."""
    for flour in ("46", "42"):
        sheet = counted(bench, shift, flour)
        approve(bench, sheet, bench.desk)
        bench.waste("Flour", 1, at=datetime.now(UTC) - timedelta(hours=2))
        if flour == "46":
            post(bench, sheet, desk=shift)
        else:
            with pytest.raises(Denied, match=TOO_MUCH):
                post(bench, sheet, desk=shift)


def test_an_approval_uses_the_limit_of_who_approved(bench: Bench, shift: TenantDatabase) -> None:
    head = somebody(bench, "Head", 30)
    first = counted(bench, shift, "40")
    approve(bench, first, head)
    second = counted(bench, shift, "30")
    with pytest.raises(Denied, match="worth more than your limit"):
        approve(bench, second, head)
    post(bench, first, desk=shift)
    third = counted(bench, shift, "32")
    with pytest.raises(Denied, match="worth more than your limit"):
        approve(bench, third, head)  # 16 more than the 20 of today
    assert bench.cost("Flour").quantity == Decimal(40)


def test_an_approval_ends_with_who_gave_it(bench: Bench, shift: TenantDatabase) -> None:
    head = somebody(bench, "Head", 1000)
    sheet = counted(bench, shift, "40")
    approve(bench, sheet, head)
    bench.root.execute("UPDATE members SET is_active = false WHERE id = (SELECT approved_by FROM count_sheets)")
    with pytest.raises(Denied, match=TOO_MUCH):
        post(bench, sheet, desk=shift)
