"""What the server refuses comes to the person as a sentence, also where the desk let it through."""

import json

import pytest
from sqlalchemy import Connection

from ims_desktop.database.failures import HIDDEN, NO_DAY, UNKEPT
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.seen import has_hidden
from tests.restaurant import seed
from tests.tenants import Tenant

CASES = {
    "a letter that turns others round": ("UPDATE items SET name = %s WHERE sku = 'DRY-0107'", "Fl\u202eour", HIDDEN),
    "a letter of no width": ("UPDATE suppliers SET code = %s", "S\u200b1", HIDDEN),
    "a day of no calendar": ("SELECT CAST(%s AS date)", "2026-02-31", NO_DAY),
    "a time that is none": ("SELECT CAST(%s AS timestamptz)", "noon", NO_DAY),
    "half a letter": ("SELECT CAST(%s AS jsonb)", json.dumps("\ud800"), UNKEPT),
}
FIELDS = {"a letter that turns others round": ["name"], "a letter of no width": ["code"]}


def test_every_refusal_is_a_sentence(tenant: Tenant) -> None:
    seed(tenant)
    desk = tenant.desk()
    with tenant.as_root() as root:
        root.execute("INSERT INTO suppliers (code, name, currency) VALUES ('S1', 'Mill', 'USD')")
    for case, (statement, value, sentence) in CASES.items():

        def do(connection: Connection, statement: str = statement, value: str = value) -> None:
            connection.exec_driver_sql(statement, (value,))

        with pytest.raises(UserError) as refused:
            desk.run(do)
        assert refused.value.text == sentence, case
        assert [problem.field for problem in refused.value.problems] == FIELDS.get(case, []), case


def test_the_database_sees_what_the_desk_sees(tenant: Tenant) -> None:
    letters = (
        "SELECT n FROM generate_series(1, 65535) n WHERE n NOT BETWEEN 55296 AND 57343 AND NOT public.is_seen(chr(n))"
    )
    with tenant.as_root() as root:
        hidden = {number for (number,) in root.execute(letters)}
    assert hidden == {n for n in range(1, 65536) if not 0xD800 <= n < 0xE000 and has_hidden(chr(n))}
    assert not has_hidden("Crème brûlée, 50 g – “extra” · 日本 · קפה · 🍅")
