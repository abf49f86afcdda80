"""The way from a list to the page that brings its records in from files."""

from dataclasses import replace

from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_spec import Action, ListSpec


def with_import_action(desk: Desk, spec: ListSpec) -> ListSpec:
    """The same page with a button that imports its records, where there is something to import."""
    place = desk.imports.get(spec.key)
    if place is None:
        return spec
    action = Action(
        desk.tr("Import"),
        lambda page, _rows: page.desk.navigation.open(place.page, place.entity),
        icon="upload-simple",
        permission=place.permission,
    )
    return replace(spec, actions=(action, *spec.actions))
