"""Damaged and hostile files through every import: a sentence or a change, never a traceback, never a half.

Here each file goes through some imports and each import takes some files; `dev.py torture imports` tries all of both.
"""

from collections.abc import Iterator
from itertools import chain

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.service import IMPORTS, RecordFile
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, seed
from tests.tenants import Server, new_tenant
from tests.torture.odd_files import FILES, head, not_answered

EACH = 6  # an import takes every sixth file, and the next one those that follow


@pytest.fixture(scope="module")
def place(server: Server) -> Iterator[Restaurant]:
    """A restaurant that nothing of these files may harm."""
    made = seed(new_tenant(server))
    yield made
    made.tenant.close()


@pytest.fixture(scope="module")
def desk(place: Restaurant) -> TenantDatabase:
    """The owner's."""
    return sit_down(place.tenant)


@pytest.mark.parametrize("place_of_it", range(len(IMPORTS)), ids=list(IMPORTS))
def test_files_are_answered_with_a_sentence_or_taken_over_whole(
    place_of_it: int, place: Restaurant, desk: TenantDatabase
) -> None:
    spec = list(IMPORTS.values())[place_of_it]
    assert not not_answered(desk, spec, list(FILES)[place_of_it % EACH :: EACH])


def test_every_file_goes_through_some_import() -> None:
    assert len(IMPORTS) >= EACH


@pytest.mark.parametrize("entity", IMPORTS)
def test_a_row_that_lacks_its_name_is_told_its_other_problems_too(
    entity: str, place: Restaurant, desk: TenantDatabase
) -> None:
    """Every cell that can be wrong is, and every one that has to be there is not."""
    spec = IMPORTS[entity]
    named = set(chain(spec.key, (one.key for one in spec.fields if one.required)))
    wrong = {one.key: "?!" for one in spec.fields if one.key not in named and (one.kind.numeric or one.kind.dated)}
    content = f"{head(spec)}\r\n" + ",".join(wrong.get(one.key, "") for one in spec.fields) + "\r\n"
    if not wrong:
        pytest.skip("nothing of it can be misread")
    checked = desk.run(service.check, spec, RecordFile("a.csv", content.encode()))
    told = {problem.field for problem in checked.problems}
    first = spec.field_of(spec.key[0])
    others = {one.title for one in spec.fields if one.required and one.key not in spec.key}
    assert {spec.field_of(key).title for key in wrong} | {first.title} | others <= told
