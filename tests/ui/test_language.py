"""The program's words in another language."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.wording import Sentence, Words, say, say_count
from ims_desktop.ui import print_file
from ims_desktop.ui.columns import Column
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, Related
from ims_desktop.ui.detail_panel import show_detail
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.grid_cells import Proposal
from ims_desktop.ui.language import in_words, said, speaker
from ims_desktop.ui.paste_panel import PastePanel
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable


@dataclass(frozen=True)
class Leaf:
    key: str
    title: Words = "Waste"
    note: Words | None = None
    value: str = ""


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    catalogue = Catalog(locale="de")
    known: dict[str | tuple[str, ...], str | tuple[str, ...]] = {
        "Waste": "Abfall",
        "{item} is in use at {site}.": "An {site} ist {item} in Gebrauch.",
        ("{count} item", "{count} items"): ("{count} Artikel", "{count} Artikel insgesamt"),
        "A value is not possible here.": "Ein Wert ist hier nicht möglich.",
    }
    for english, other in known.items():
        catalogue.add(english, other)
    speaker.speak_from("de", catalogue)
    yield
    speaker.speak("en")


def test_english_is_itself() -> None:
    sentence = say("{item} is in use at {site}.", item="Flour", site="Mitte")
    assert sentence == "Flour is in use at Mitte." == said(sentence)
    assert in_words(Tree((Leaf("a"),))) == Tree((Leaf("a"),))


@pytest.mark.usefixtures("german")
def test_a_sentence_is_said_with_its_values() -> None:
    assert said(say("{item} is in use at {site}.", item="Waste", site="Mitte")) == "An Mitte ist Waste in Gebrauch."
    assert said(say("Nobody knows {what}.", what="this")) == "Nobody knows this."


@pytest.mark.usefixtures("german")
def test_a_count_takes_its_form() -> None:
    assert said(say_count("{count} item", "{count} items", 1)) == "1 Artikel"
    assert said(say_count("{count} item", "{count} items", 3)) == "3 Artikel insgesamt"
    assert say_count("{count} item", "{count} items", 3) == "3 items"


@pytest.mark.usefixtures("german")
def test_what_the_server_filled_in_is_found_by_its_form() -> None:
    assert said("Flour (00) is in use at Mitte.") == "An Mitte ist Flour (00) in Gebrauch."


@pytest.mark.usefixtures("german")
def test_only_words_and_sentences_of_a_description_are_said() -> None:
    tree = Tree((Leaf("Waste", note="Waste", value="Waste"), Leaf("b", value=say("Waste"))))
    assert in_words(tree) == Tree((Leaf("Waste", "Abfall", "Abfall", "Waste"), Leaf("b", "Abfall", None, "Abfall")))


@pytest.mark.usefixtures("german")
def test_qt_asks_the_same_catalogue() -> None:
    class Card(QLabel):
        """A part of the program."""

    assert Card().tr("Waste") == "Abfall"
    assert Card().tr("Nobody knows this") == "Nobody knows this"
    assert QLabel().tr("Waste") == "Waste", "what Qt itself says is in Qt's own catalogue"


def test_a_sentence_travels() -> None:
    sentence = say_count("{count} of {all}", "{count} of {all}!", 2, all=say("{n} rows", n=5))
    again = pickle.loads(pickle.dumps(sentence))
    assert isinstance(again, Sentence)
    assert (again, again.values["all"].template) == ("2 of 5 rows!", "{n} rows")


@pytest.mark.usefixtures("german")
def test_a_pasted_block_says_why_in_the_language_of_the_person(qtbot: QtBot) -> None:
    refused = say("{item} is in use at {site}.", item="L9", site="Mitte")
    panel = PastePanel([Proposal("1", Column("waste", "Waste"), "", "", refused=refused)])
    qtbot.addWidget(panel)
    cells = [panel.model.index(0, section).data() for section in (1, 3)]
    assert cells == ["Abfall", "An Mitte ist L9 in Gebrauch."]


@pytest.mark.usefixtures("german")
def test_paper_is_in_the_language_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Printout] = []
    monkeypatch.setattr(print_file, "draw", lambda printout, *_: drawn.append(printout))
    sheet = Printout("Waste", tables=(PrintTable((PrintColumn("Waste"),), ()),))
    print_file.write_pdf(sheet, tmp_path / "sheet.pdf", Formats("de_DE", "EUR", "Europe/Berlin"))
    assert drawn == [Printout("Abfall", tables=(PrintTable((PrintColumn("Abfall"),), ()),))]


@pytest.mark.usefixtures("german")
def test_a_detail_is_shown_in_the_language_of_the_person(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    content, desk = QVBoxLayout(panel), cast(Desk, None)  # nothing in it leads anywhere
    show_detail(content, desk, Detail(title="", related=(Related("Waste", (), empty="Waste"),)))
    assert [label.text() for label in panel.findChildren(QLabel) if label.text()] == ["Abfall"] * 2
