"""Papers name only what exists: files, tests, commands, pictures and links."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import typer

from ims_desktop.admin.command_line import app
from ims_desktop.domain.sample_accounts import ACCOUNTS, DEMO_PASSWORD

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")), ROOT / "resources/demo/README.md"]
RECIPE = DOCS / "adding-a-capability.md"  # names files that it makes; a test of its own follows it

# A file is named from the project's folder, or from one of these.
ROOMS = ("", "src/ims_desktop", "migrations/tenant/objects")

QUOTED = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"^(?P<file>[\w/]+\.py)::(?P<name>test_\w+)$")
FILE = re.compile(r"^[\w.-]+(/[\w.-]+)*/?$")
ENDINGS = (".py", ".md", ".sql", ".toml", ".csv", ".svg", ".png", ".txt", ".in", "/")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(paper: Path) -> str:
    return paper.relative_to(ROOT).as_posix()


papers = pytest.mark.parametrize("paper", PAPERS, ids=name_of)


def quoted(paper: Path) -> Iterator[str]:
    """What stands between backticks in the running text and the tables."""
    yield from QUOTED.findall(FENCE.sub("", paper.read_text("utf-8")))


def exists(name: str, paper: Path) -> bool:
    return any((ROOT / room / name).exists() for room in ROOMS) or (paper.parent / name).exists()


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@papers
def test_files_that_are_named_exist(paper: Path) -> None:
    named = [name for name in quoted(paper) if "/" in name and FILE.match(name) and name.endswith(ENDINGS)]
    if paper == RECIPE:
        named = [name for name in named if "notices" not in name]
    assert not [name for name in named if not exists(name, paper)]


@papers
def test_tests_that_are_named_exist(paper: Path) -> None:
    named = [match for name in quoted(paper) if (match := TEST.match(name))]
    missing = [match[0] for match in named if not (ROOT / match["file"]).is_file()]
    missing += [match[0] for match in named if match[0] not in missing and match["name"] not in names_in(match["file"])]
    assert not missing


def test_coverage_names_a_test_or_says_what_is_missing() -> None:
    text = (DOCS / "coverage.md").read_text("utf-8")
    rows = {
        cells[1]: cells for line in text.splitlines() if len(cells := [cell.strip() for cell in line.split("|")]) == 6
    }
    wanted = {
        f"{letter}{number}" for letter, last in (("B", 21), ("L", 14), ("C", 5), ("P", 11), ("I", 10))
        for number in range(1, last + 1)
    }  # fmt: skip
    assert wanted <= set(rows)
    honest = re.compile(r"::test_|`tests/|not yet|\*in part:\*|decided otherwise", re.IGNORECASE)
    assert not [row for row in wanted if not honest.search(" ".join(rows[row][3:]))]


@papers
def test_links_and_pictures_lead_somewhere(paper: Path) -> None:
    links = [link for link in LINK.findall(paper.read_text("utf-8")) if "://" not in link and not link.startswith("#")]
    assert not [link for link in links if not (paper.parent / link.partition("#")[0]).exists()]


def test_pictures_stand_alone() -> None:
    drawn = sorted((DOCS / "pictures").glob("*.svg"))
    assert drawn
    for picture in drawn:
        text = picture.read_text("utf-8")
        assert text.startswith("<svg "), picture
        assert "<title" in text, picture
        assert not re.search(r"<script|<image|<foreignObject|url\((?!#)|href=", text), picture


# ---- commands -----------------------------------------------------------------------------------------------------


def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_door", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@papers
def test_commands_of_the_door_exist(paper: Path) -> None:
    known = set(launcher().COMMANDS)
    assert set(re.findall(r"dev\.py (\w+)", paper.read_text("utf-8"))) <= known


def test_the_readme_begins_with_the_two_commands_and_names_them_all() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    first = [block.split("#")[0].strip() for block in FENCE.findall(text)[:2]]
    assert first == ["python3 dev.py run", "python3 dev.py test"]
    assert set(re.findall(r"`python3 dev\.py (\w+)`", text)) >= set(launcher().COMMANDS)


def said(paper: Path) -> list[list[str]]:
    """The lines of shell blocks that call ims-admin, as words."""
    lines = [line for block in FENCE.findall(paper.read_text("utf-8")) for line in block.splitlines()]
    calls = [line.partition("ims-admin ")[2] for line in lines if "ims-admin " in line]
    return [re.findall(r'"[^"]*"|\S+', call) for call in calls]


@papers
def test_commands_of_the_operator_and_their_options_exist(paper: Path) -> None:
    group = typer.main.get_command(app)
    wrong = []
    for words in said(paper):
        command, options = group, {option for param in group.params for option in param.opts}
        for word in words:
            if word.startswith("--"):
                if word not in options:
                    wrong.append(f"{' '.join(words)}: {word}")
            elif word in getattr(command, "commands", {}):
                command = command.commands[word]  # type: ignore[attr-defined]
                options = {option for param in command.params for option in param.opts}
        if command is group or getattr(command, "commands", None):
            wrong.append(f"{' '.join(words)}: not a command")
    assert not wrong


def test_the_readme_knows_who_signs_in() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert f"`{DEMO_PASSWORD}`" in text
    for account in ACCOUNTS:
        assert f"| `{account.login}` | {account.first_name} {account.last_name}" in text


def test_operating_names_every_setting_and_exit_code() -> None:
    from ims_desktop.admin import command_line
    from ims_desktop.database.settings import ServerSettings

    text = (DOCS / "operating.md").read_text("utf-8")
    names = {name.upper() for name in ServerSettings.model_fields}
    assert not [name for name in names if f"`{name}`" not in text]
    codes = (command_line.WRONG, command_line.USAGE, command_line.DIFFERENCES, command_line.UNREACHABLE)
    assert all(f"| {code} | " in text for code in (0, *codes))


def test_decisions_are_numbered_one_by_one() -> None:
    named = sorted(path.name for path in (DOCS / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in named] == list(range(1, len(named) + 1))
    for name in named:
        title = (DOCS / "decisions" / name).read_text("utf-8").partition("\n")[0]
        assert title.startswith(f"# {int(name[:4])}. "), name
