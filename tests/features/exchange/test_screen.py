"""The page of imports on a real tenant: read, preview, answer, import, take back."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QGuiApplication

from ims_desktop.domain.table_file import fold_header
from ims_desktop.features.exchange import service
from ims_desktop.features.exchange.screen import IMPORTS_OF_LISTS, build
from ims_desktop.features.exchange.screen.preview import CHANGED, NEW, PROBLEM, WRONG
from ims_desktop.features.items import service as items
from ims_desktop.features.items.screen import page as item_list
from ims_desktop.features.sites import screen as sites
from ims_desktop.features.storage import screen as storage
from ims_desktop.features.suppliers.screen import offers
from ims_desktop.features.suppliers.screen import suppliers as supplier_list
from ims_desktop.ui.list_spec import ListSpec
from tests.features.desks import sit_down
from tests.features.windows import texts_of, window_of
from tests.restaurant import seed
from tests.tenants import Tenant

TEXT = "SKU\tName\tCategory\tBase unit\tYield %\nPRD-0044\tLime\tFruit\teach\t92,5\nNEW-1\tRice\tDry goods\tkg\t\n"


@pytest.fixture
def at(tenant: Tenant, tmp_path: Path, qtbot, qapp) -> Iterator[SimpleNamespace]:
    place = seed(tenant)
    desk = sit_down(tenant)
    with window_of(desk, tmp_path, site=place.site) as window:
        page = build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(place=place, desk=desk, window=window, page=page)


def grid(page) -> list[list[str]]:
    model = page.table.lines
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_a_pasted_table_shows_what_is_new_and_what_changes(at: SimpleNamespace):
    QGuiApplication.clipboard().setText(TEXT)
    at.page.paste.click()
    at.window.settle()
    rows = grid(at.page)
    assert [row[1] for row in rows] == [CHANGED, NEW]
    assert rows[0][3] == "Lemon → Lime"
    assert rows[0][6] == "100 → 92.5" or rows[0][6].endswith("→ 92.5")
    at.page.go.click()
    at.window.settle()
    assert at.window.said[-1].text == "Items: 1 added, 1 changed"
    assert at.desk.run(items.item, at.place.items["Lemon"]).name == "Lime"
    assert at.page.checked is None


def test_problems_stand_at_their_cells_and_nothing_can_be_imported(at: SimpleNamespace, tmp_path: Path):
    file = tmp_path / "items.csv"
    file.write_text("SKU,Name,Yield %\nPRD-0044,Lime,most\nDRY-0107,Flour 00,90\n")
    at.page.take(str(file))
    at.window.settle()
    model = at.page.table.lines
    assert [row[1] for row in grid(at.page)] == [WRONG, CHANGED]
    assert model.index(0, 4).data(PROBLEM) == "“most” is not a number."
    assert not at.page.go.isEnabled() or at.page.go.property("refused") or "Put the problems" in at.page.go.toolTip()
    at.page.begin()
    at.window.settle()
    assert at.desk.run(items.item, at.place.items["Lemon"]).name == "Lemon"
    assert any("Row 2, Yield %" in text for text in texts_of(at.page))
    at.page.go_to_problem()
    assert at.page.table.currentIndex().row() == 0
    at.page.only.choose(WRONG)
    at.page.only.chosen.emit(WRONG)
    assert len(grid(at.page)) == 1


def test_columns_are_mapped_by_hand_and_remembered(at: SimpleNamespace, tmp_path: Path):
    file = tmp_path / "listino.csv"
    file.write_text("Cod.;Articolo\nPRD-0044;Lime\n")
    at.page.take(str(file))
    at.window.settle()
    assert at.page.checked.problems
    for place, key in ((0, "sku"), (1, "name")):
        at.page.reading.columns[place].choose(key)
        at.page.reading.columns[place].chosen.emit(key)
        at.window.settle()
    assert not at.page.checked.problems
    at.page.go.click()
    at.window.settle()
    at.window.said[-1].act()
    at.window.settle()
    assert at.desk.run(items.item, at.place.items["Lemon"]).name == "Lemon"
    at.page.take(str(file))
    at.window.settle()
    assert at.page.checked.remembered
    assert not at.page.checked.problems


def test_what_cannot_be_opened_is_said_and_the_page_goes_on(at: SimpleNamespace, tmp_path: Path):
    for name, content in (("a.xlsx", b"PK\x03\x04broken"), ("b.csv", b"")):
        (tmp_path / name).write_bytes(content)
        at.page.take(str(tmp_path / name))
        at.window.settle()
        assert any(name in text for text in texts_of(at.page))
    at.page.take(str(tmp_path / "missing.csv"))
    at.window.settle()
    assert any("missing.csv cannot be read" in text for text in texts_of(at.page))


def test_another_page_asks_for_one_kind_and_templates_are_written(at: SimpleNamespace, tmp_path: Path):
    at.page.show_record("suppliers")
    assert at.page.spec.entity == "suppliers"
    for ending in ("csv", "xlsx"):
        at.page.write_template(str(tmp_path / f"t.{ending}"))
        at.page.take(str(tmp_path / f"t.{ending}"))
        at.window.settle()
        assert not at.page.checked.reading.problems
    assert set(at.page.specs) == set(service.IMPORTS)


@pytest.mark.parametrize(
    ("spec", "titles"),
    [
        (item_list.SPEC, ("Item", "Category", "Stock unit", "Cost method", "Shelf life (days)", "Allergens")),
        (offers.SPEC, ("Item", "Supplier", "Pack", "Holds", "Code", "Listed price", "Since")),
        (supplier_list.SPEC, ("Supplier", "Order days", "Cut-off", "Minimum", "Payment days", "Own rating", "Status")),
        (storage.SPEC, ("Site", "Walk")),
        (sites.SPEC, ("Cost target",)),
    ],
    ids=lambda value: value.key if isinstance(value, ListSpec) else "",
)
def test_the_titles_that_a_list_exports_find_their_fields_again(spec: ListSpec, titles: tuple[str, ...]) -> None:
    assert set(titles) <= {column.title for column in spec.columns}
    known = IMPORTS_OF_LISTS[spec.key].names
    found = [known[fold_header(title)].key for title in titles]
    assert len(set(found)) == len(titles)
