"""The page of the people as an administrator uses it."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from ims_desktop.features.people import screen
from tests.features.desks import sit_down
from tests.features.windows import texts_of, window_of
from tests.restaurant import seed
from tests.tenants import Tenant


def test_people_and_what_they_may_do(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> None:
    place = seed(tenant)
    login = tenant.person("MANAGER", site=place.site)
    with window_of(sit_down(tenant), tmp_path) as window:
        page = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        assert [row.name for row in page.model.rows] == ["Manager Person", "Olive Owner"]
        page.table.choose(0)
        window.settle(0.3)
        texts = texts_of(page.panel)
        assert login in texts
        assert texts[texts.index("Record waste") + 1] == "Waste · from Counter · Downtown"
        assert texts[texts.index("Import sales") + 1] == "Sales · Downtown"
        assert {"own", "inherited"} <= set(texts)
        page.body.filters.search.setText("olive")
        page.body.filters.search.textEdited.emit("olive")
        window.settle(0.5)
        assert [row.roles for row in page.model.rows] == ["Owner"]
