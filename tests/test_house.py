"""The house rules: the import contracts bite, and what no tool checks is read from the source."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ims_desktop"
MODULES = sorted(SOURCE.rglob("*.py"))

FILE_LINES = 400
FUNCTION_LINES = 60
EMPTY_NAMES = {"manager", "helper", "helpers", "util", "utils", "common", "core", "data", "info"}
MESSAGE_BOXES = {"ui/messages.py"}
# Threads beyond the worker lanes: listening for notices, giving up on a keyring that waits for a prompt, moving several
# tenants at a time, and giving back connections that nobody has used for a while.
THREADS = {
    "app/loading.py",
    "app/logs.py",  # starts none, but hears of errors in them
    "ui/background.py",
    "database/notices.py",
    "database/keyring_store.py",
    "database/migrations.py",
    "database/pools.py",
}
THREADING = {"threading", "_thread", "concurrent", "multiprocessing", "QThread", "QThreadPool", "QRunnable"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


# ---- import contracts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Violation:
    """Something forbidden: the line to add to a module, and the contract that must notice."""

    what: str
    module: str
    line: str
    contract: str


ROOMS = "Rooms: start-up on top, pure rules at the bottom"
INSIDE = "Inside a feature: screen -> service -> tables | rules"
BETWEEN = "Between features: documents move stock, stock knows items"
NO_QT = "No Qt below the screen"
NO_SQL = "No SQL in a screen"
PURE = "Rules are pure"

VIOLATIONS = [
    Violation("domain uses the database library", "domain/valuation", "import sqlalchemy", PURE),
    Violation("domain uses the database room", "domain/valuation", "import ims_desktop.database.base", ROOMS),
    Violation("rules use SQL", "features/sales/rules", "import sqlalchemy", PURE),
    Violation("rules use tables", "features/sales/rules", "import ims_desktop.features.sales.tables", INSIDE),
    Violation("service uses Qt", "features/stock/service", "from PySide6.QtCore import QObject", NO_QT),
    Violation("service uses the ui room", "features/stock/service", "from ims_desktop.ui.columns import Column", NO_QT),
    Violation("service uses a screen", "features/sales/service", "import ims_desktop.features.sales.screen", INSIDE),
    Violation("screen writes SQL", "features/sales/screen", "from sqlalchemy import select", NO_SQL),
    Violation("screen uses a table", "features/sales/screen", "import ims_desktop.features.sales.tables", NO_SQL),
    Violation("lower feature uses a higher", "features/items/service", "import ims_desktop.features.sales", BETWEEN),
    Violation("features of one line", "features/sales/service", "import ims_desktop.features.adjustments", BETWEEN),
    Violation("ui reaches the database", "ui/columns", "from ims_desktop.database.base import Table", ROOMS),
    Violation("database reaches the ui", "database/base", "from ims_desktop.ui.columns import Column", ROOMS),
    Violation("feature uses start-up", "features/sales/screen", "import ims_desktop.app", ROOMS),
    Violation("a new room", "helpers", "", ROOMS),
    Violation("a new feature not put in order", "features/loyalty", "", BETWEEN),
    Violation("a fifth kind of file in a feature", "features/stock/helpers", "X = 1", INSIDE),
    Violation("admin uses a screen", "admin", "import ims_desktop.features.sales.screen", NO_QT),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source in which violations may be added, with one screen that is sure to use Qt."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(SOURCE, folder / "ims_desktop", ignore=shutil.ignore_patterns("__pycache__"))
    add_line(folder, "features/sales/screen", "from PySide6.QtWidgets import QWidget", name="__init__")
    return folder


def add_line(copy: Path, module: str, line: str, name: str = "addition") -> Path:
    """Add a line to a module; a module that is a folder gets a file with it, and a missing one is made."""
    path = copy / "ims_desktop" / module
    if path.with_suffix(".py").exists():
        path = path.with_suffix(".py")
    else:
        path.mkdir(parents=True, exist_ok=True)
        (path / "__init__.py").touch()
        path /= f"{name}.py"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    return path


@pytest.fixture
def restored(copy: Path) -> Iterator[Path]:
    """The copy, put back after the test as it was."""
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    yield copy
    for path in copy.rglob("*.py"):
        if path not in before:
            path.unlink()
        elif path.read_bytes() != before[path]:
            path.write_bytes(before[path])
    for folder in sorted((path for path in copy.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def lint_imports(copy: Path) -> tuple[int, str]:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(copy), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold(copy: Path) -> None:
    code, printed = lint_imports(copy)
    assert code == 0, printed


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.what)
def test_a_violation_breaks_its_contract(restored: Path, violation: Violation) -> None:
    add_line(restored, violation.module, violation.line)
    code, printed = lint_imports(restored)
    assert code == 1
    assert f"{violation.contract} BROKEN" in printed, printed


# ---- size and names -----------------------------------------------------------------------------------------------


def test_no_file_is_too_long_to_be_read_at_one_sitting() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {path: length for path, length in lengths.items() if length > FILE_LINES}


def test_no_function_is_too_long() -> None:
    long = [
        f"{place(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert not long


def words(name: str) -> set[str]:
    """The words of a name in either spelling."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_names_say_something() -> None:
    modules = {place(path): words(path.stem) for path in MODULES}
    classes = {
        f"{place(path)}: {node.name}": words(node.name)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
    }
    assert not [name for name, parts in (modules | classes).items() if parts & EMPTY_NAMES]


def test_words_are_told_apart() -> None:
    assert words("ItemDataHelper") == {"item", "data", "helper"}
    assert words("xlsx_utils") == {"xlsx", "utils"}
    assert words("Database") == {"database"}


# ---- what is used where -------------------------------------------------------------------------------------------


def mentioned(tree: ast.Module) -> set[str]:
    """Every name and every part of an imported name."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = [alias.name for alias in node.names]
            imported.append((isinstance(node, ast.ImportFrom) and node.module) or "")
            found |= {part for name in imported for part in name.split(".")}
    return found


def test_there_is_one_place_for_message_boxes() -> None:
    assert {place(path) for path in MODULES if "QMessageBox" in mentioned(parsed(path))} <= MESSAGE_BOXES


def test_threads_start_only_where_they_are_allowed() -> None:
    assert {place(path) for path in MODULES if mentioned(parsed(path)) & THREADING} <= THREADS


def formatted_translations(tree: ast.Module) -> list[int]:
    """Lines with an f-string inside tr(): the translators' tool reads it literally, and nothing ever matches it."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"tr", "translate", "QT_TRANSLATE_NOOP"}
        and any(isinstance(part, ast.JoinedStr) for argument in node.args for part in ast.walk(argument))
    ]


def test_no_translation_is_formatted_before_it_is_looked_up() -> None:
    assert formatted_translations(ast.parse('self.tr(f"Bad {n}")')) == [1]
    assert not formatted_translations(ast.parse('self.tr("Good {n}").format(n=f"{1}")'))
    assert not {place(path): lines for path in MODULES if (lines := formatted_translations(parsed(path)))}


# ---- files --------------------------------------------------------------------------------------------------------


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every tracked file that is text; outside a repository every file of the product."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True)
    names = [name for name in listed.stdout.decode().split("\0") if name] if listed.returncode == 0 else []
    for path in [ROOT / name for name in names] or [*MODULES, ROOT / "pyproject.toml", ROOT / "dev.py"]:
        if path.is_file():
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


# Spelled in parts, as this file is read too.
MACHINE_PATH = re.compile(
    "|".join(["/ho" + r"me/\w", "/ro" + "ot/", "/Us" + r"ers/\w", r"C:\\+Us" + "ers", "/wo" + "rk/"])
)
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "np" + r"mjs\.(org|com)", "index" + "-url ?="])
)


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "registry"])
def test_no_file_speaks_of_one_machine_or_one_registry(pattern: re.Pattern[str]) -> None:
    texts = list(tracked_texts())
    assert len(texts) > 20
    found = {name: match[0] for name, text in texts if (match := pattern.search(text))}
    assert not found


OBJECT = re.compile(r"^CREATE (?:OR REPLACE )?[A-Z ]+? (?:IF NOT EXISTS )?([\w.]+)", re.MULTILINE)


def test_a_file_of_sql_objects_holds_one_object_of_its_name() -> None:
    files = sorted((ROOT / "migrations").glob("*/objects/*/*.sql"))
    assert files
    wrong = []
    for path in files:
        named = [name.rpartition(".")[2] for name in OBJECT.findall(path.read_text("utf-8"))]
        expected = re.sub(r"^\w?_(?=\w)", "", path.stem)
        if named and named != [expected]:
            wrong.append(f"{path.relative_to(ROOT)}: {named}")
    assert not wrong
