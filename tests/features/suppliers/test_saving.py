"""Suppliers made and changed, people kept, and who looked at their bank accounts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ims_desktop.database.key_recovery import begin_keys
from ims_desktop.database.key_sharing import unlock
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.audit.service import history_of
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import Person, StatusDraft, SupplierDraft, is_bic, masked
from tests.features.desks import sit_down
from tests.restaurant import seed
from tests.tenants import Tenant

IBAN = "GB33BUKB20201555555555"


def test_a_supplier_is_made_changed_and_put_on_hold(tenant: Tenant) -> None:
    seed(tenant)
    desk = sit_down(tenant)
    draft = SupplierDraft("NOR", "  North  Sea Fish ", "EUR", order_days=(5, 2, 2), payment_days=Decimal(30))
    made = desk.run(service.save_supplier, draft).result
    kept = desk.run(service.supplier_terms, made.id)
    assert (kept.name, kept.order_days, kept.payment_days) == ("North Sea Fish", (2, 5), 30)
    desk.run(service.save_supplier, replace(kept, minimum_order=Decimal(200)))
    with pytest.raises(Conflict):
        desk.run(service.save_supplier, replace(kept, note="late"))
    with pytest.raises(UserError) as refused:
        desk.run(service.set_status, StatusDraft((made.id,), "ON_HOLD"))
    assert refused.value.problems[0].field == "status_reason"
    desk.run(service.set_status, StatusDraft((made.id,), "ENDED", "Closed down"))
    assert desk.run(service.supplier, made.id).status_reason == "Closed down"
    assert desk.run(service.supplier_counts, ListQuery())["ended"] == 1
    desk.run(service.set_status, StatusDraft((made.id,), "ACTIVE", "whatever"))


def test_everything_wrong_is_said_at_once_and_only_who_may_changes(tenant: Tenant) -> None:
    seed(tenant)
    desk = sit_down(tenant)
    wrong = SupplierDraft("gus", "", "Euro", "ON_HOLD", rating=Decimal(6), payment_days=Decimal("1.5"), order_days=(9,))
    with pytest.raises(UserError) as refused:
        desk.run(service.save_supplier, wrong)
    assert {problem.field for problem in refused.value.problems} == {
        *("name", "currency", "status_reason", "rating", "payment_days", "order_days", "code")
    }
    with pytest.raises(Denied):
        sit_down(tenant, "EMPLOYEE").run(service.save_supplier, SupplierDraft("A", "A", "EUR"))


def test_people_are_kept_encrypted_and_looking_at_an_account_is_written_down(tenant: Tenant) -> None:
    made = seed(tenant)
    with tenant.server.operator() as operator:
        code = begin_keys(operator, tenant.names)
    desk = sit_down(tenant)
    desk.run(unlock, code)
    gusto = made.suppliers["Gusto Foods"]
    before = desk.run(service.supplier_contact, gusto)
    ivo, night = Person("Invoices", "Ivo Rossi", "ivo@gusto.example"), Person("Night", phone="+1 555 010 9999")
    desk.run(service.save_contact, replace(before, account=IBAN, bank_code="BUKBGB22", others=(ivo, night)))
    with tenant.as_root() as root:
        assert b"Rossi" not in root.execute("SELECT string_agg(contact, '') FROM supplier_contacts").fetchone()[0]  # type: ignore[index]
    seen = desk.run(service.supplier, gusto)
    assert [(one.duty, one.contact.text) for one in seen.others] == [("Invoices", "Ivo Rossi"), ("Night", "")]
    assert seen.account.text == "GB33 •••• •••• 5555"
    assert [row.id for row in desk.run(service.suppliers, ListQuery(search="+1 (555) 010-9999")).rows] == [gusto]
    assert desk.run(service.bank_details, gusto)["account"].text == IBAN
    shown = [entry for entry in desk.run(history_of, "suppliers", gusto) if entry.subject == "bank_shown"]
    assert len(shown) == 1, "who had it shown in plain stands in the log"
    now = desk.run(service.supplier_contact, gusto)
    fewer = tuple(replace(person, duty="Accounts") for person in now.others if person.duty == "Invoices")
    desk.run(service.save_contact, replace(now, others=fewer))
    assert [one.duty for one in desk.run(service.supplier, gusto).others] == ["Accounts"]
    with pytest.raises(Conflict):
        desk.run(service.save_contact, replace(now, others=()))
    with pytest.raises(UserError) as refused:
        desk.run(service.save_contact, replace(now, account=IBAN, bank_code="x", others=(Person("Nobody"),)))
    assert [(one.field, one.row) for one in refused.value.problems] == [("bank_code", None), ("others.contact", 1)]
    with pytest.raises(Denied):
        sit_down(tenant, "EMPLOYEE").run(service.bank_details, gusto)


@pytest.mark.parametrize(
    ("account", "seen"),
    [(IBAN, "GB33 •••• •••• 5555"), ("0012345678", "•••• •••• 5678"), ("12345", "•••• 45"), ("", "")],
)
def test_of_an_account_only_the_ends_are_seen(account: str, seen: str) -> None:
    assert masked(account) == seen


def test_the_code_of_a_bank() -> None:
    assert [is_bic(code) for code in ("DEUTDEFF", "deutdeff500", "DEUTDEFF50", "1234")] == [True, True, False, False]
