"""Every text of the program can be translated, and catalogues that were full stay full."""

import pytest
from babel.messages.catalog import Catalog
from languages import COMPLETE
from languages.__main__ import collected, faults

from ims_desktop.ui.catalogue import read
from ims_desktop.ui.language import FOLDER, languages


@pytest.fixture(scope="module")
def template() -> Catalog:
    found, wrong = collected()
    assert not wrong, "\n".join(wrong)
    return found


def test_every_text_can_be_translated(template: Catalog) -> None:
    assert len(template) > 2000


@pytest.mark.parametrize("code", COMPLETE)
def test_a_full_catalogue_stays_full(template: Catalog, code: str) -> None:
    assert not list(faults(read(FOLDER / f"{code}.po"), template))


def test_five_languages_are_offered() -> None:
    assert set(languages()) == {"en", "de", "it", "es", "fr"}
    assert languages()["fr"] == "Français"


def test_a_translation_keeps_the_places_of_its_text(template: Catalog) -> None:
    """What is translated already never loses or invents a value, full or not."""
    for path in FOLDER.glob("*.po"):
        wrong = [fault for fault in faults(read(path), template) if "other places" in fault]
        assert not wrong, "\n".join([path.name, *wrong])
