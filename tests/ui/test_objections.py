"""One save of a form tells everything: what cannot be read, and what the service says to the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtTest import QTest

from ims_desktop.domain.errors import Confirm, Denied, Impossible, Problem, UserError
from ims_desktop.domain.work import Changed, here, is_rehearsal, rehearsal
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.objections import on_the_page

Settle = Callable[..., None]


@dataclass
class Pantry:
    """Saves jars; refuses a price of more than ten, and names that end in a dot."""

    heard: list[Mapping[str, Any]] = field(default_factory=list)
    error: Exception | None = None

    def save(self, _connection: Any, values: Mapping[str, Any], consents: frozenset[str] = frozenset()) -> Changed:
        """Look at a jar."""
        self.heard.append(values)
        if self.error is not None:
            raise self.error
        if "sure" not in consents:
            raise Confirm("Sure?", "sure")
        problems = []
        if values["price"] is None or values["price"] > 10:
            problems.append(Problem("Too dear.", "price"))
        if values["name"].endswith("."):
            problems.append(Problem("A name has no dot.", "name"))
        for row, line in enumerate(values["lines"], 1):
            if line["what"] == "wrong":
                problems.append(Problem("Nothing is called that.", "lines.what", row))
        if problems:
            raise UserError("Not yet.", problems)
        return Changed(values)


def weighed(typed: str, _line: Line) -> Measured:
    """A number of grams."""
    return Measured(typed, Decimal(typed)) if typed.isdigit() else Measured(typed, problem="No number")


JAR = EntrySpec(
    (EntryColumn("what", "What"), EntryColumn("grams", "Grams", EntryKind.MEASURE, required=True, parse=weighed))
)


def spec_of(pantry: Pantry) -> FormSpec:
    """The form of a jar."""
    return FormSpec(
        title="Jar",
        groups=(
            Field("name", "Name", required=True),
            Field("price", "Price", FieldKind.NUMBER),
            Field("lines", "", FieldKind.ENTRY, entry=lambda _desk: JAR),
        ),
        save=pantry.save,
    )


@pytest.fixture
def pantry() -> Pantry:
    """A service that remembers what it was asked."""
    return Pantry()


@pytest.fixture
def form(desk: Desk, pantry: Pantry, qtbot: Any, settle: Settle) -> FormPanel:
    """The form, open."""
    made = FormPanel(desk, spec_of(pantry))
    qtbot.addWidget(made)
    made.show()
    settle()
    return made


def fill(form: FormPanel, **typed: Any) -> None:
    """Type into fields."""
    for key, words in typed.items():
        editor: Any = form.boxes[key].editor
        editor.show_value(words) if key == "lines" else QTest.keyClicks(editor.line, words)


def told(form: FormPanel, key: str) -> str:
    """What stands under a field."""
    return form.boxes[key]._foot.text()


def banner(form: FormPanel) -> str:
    """What stands above all fields."""
    item = form._banner.itemAt(0)
    return item.widget().accessibleName() if item is not None else ""


def test_what_cannot_be_read_and_what_the_service_says_come_with_one_save(
    form: FormPanel, pantry: Pantry, settle: Settle
):
    fill(form, name="Plums.", price="12x")
    form.save()
    assert "is not a number" in told(form, "price")  # at once, without waiting for anybody
    settle()
    assert told(form, "name") == "A name has no dot."
    assert "is not a number" in told(form, "price")
    assert banner(form).startswith("2 things")
    assert pantry.heard == [{"name": "Plums.", "price": None, "lines": ()}]


def test_lines_that_are_ready_are_judged_at_their_own_rows(form: FormPanel, settle: Settle):
    fill(form, name="Plums", lines=[
        {"what": "sugar", "grams": Measured("lots")},
        {"what": "wrong", "grams": Measured("20")},
    ])  # fmt: skip
    form.save()
    settle()
    grid = form.boxes["lines"].editor.grid  # type: ignore[attr-defined]
    assert grid.model.problem(0, 1) == "No number"
    assert grid.model.problem(0, 0) == ""
    assert grid.model.problem(1, 0) == "Nothing is called that."
    assert grid.model.problem(1, 1) == ""


def test_a_line_that_is_wrong_does_not_mark_another_one(form: FormPanel):
    fill(form, name="Plums", lines=[
        {"what": "sugar", "grams": Measured("lots")},
        {"what": "plums", "grams": Measured("20")},
    ])  # fmt: skip
    form.save()
    grid = form.boxes["lines"].editor.grid  # type: ignore[attr-defined]
    assert [grid.model.problem(row, 1) for row in (0, 1)] == ["No number", ""]
    grid.model.put(0, 1, weighed("5", {}))
    assert form.values()[1] == []


def test_what_was_put_right_meanwhile_is_not_told(form: FormPanel, settle: Settle):
    fill(form, name="Plums.", price="12x")
    form.save()
    fill(form, name="x")
    settle()
    assert told(form, "name") == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TypeError("None has no length"), ""),
        (Impossible("A value is not possible here."), ""),
        (Denied("Your roles do not allow this."), "Your roles do not allow this."),
    ],
)
def test_only_what_helps_is_told(form: FormPanel, pantry: Pantry, settle: Settle, error: Exception, words: str):
    pantry.error = error
    fill(form, name="Plums", price="12x")
    form.save()
    settle()
    assert (words in banner(form)) if words else banner(form).startswith("One thing")


def test_what_only_this_pc_does_is_not_rehearsed(desk: Desk, pantry: Pantry, qtbot: Any, settle: Settle):
    @here
    def keep(values: Mapping[str, Any]) -> None:
        pantry.heard.append(values)

    made = FormPanel(desk, replace(spec_of(pantry), save=keep))
    qtbot.addWidget(made)
    made.save()
    settle()
    assert pantry.heard == []


def test_a_rehearsal_says_so() -> None:
    assert is_rehearsal(rehearsal(Pantry().save))
    assert not is_rehearsal(Pantry().save)


def test_rows_of_what_was_handed_over_are_rows_of_the_page() -> None:
    problem = Problem("No", "lines.what", 2)
    assert on_the_page(problem, {"lines": (1, 4)}) == replace(problem, row=4)
    assert on_the_page(problem, {"others": (1, 4)}) == problem
    assert on_the_page(Problem("No", "what", 1), {"": (3,)}).row == 3
    assert on_the_page(replace(problem, row=9), {"lines": (1, 4)}).row == 9
