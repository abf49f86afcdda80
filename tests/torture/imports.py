"""Damaged and hostile rows through every importer: a sentence or a change, never a traceback, never a half."""

import argparse
import random
import time
from collections import Counter
from typing import Any

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.import_reading import ImportChoices, read_file, read_import
from ims_desktop.domain.importing import ImportSpec, Known, as_they_are, nothing_against, plan_of
from ims_desktop.features.exchange.service import IMPORTS
from tests.torture.attempts import Larder, through_the_server
from tests.torture.damage import DAMAGES, as_catalogue, as_text, as_workbook, hostile, rows_of
from tests.torture.histories import ground
from tests.torture.odd_files import FILES, not_answered

ROWS_OF_A_FILE = 40


def nothing_known(_connection: Any, rows: Any) -> Known:
    """An empty restaurant."""
    return Known({}, rows)


def outcome(spec: ImportSpec, content: bytes, name: str) -> str:
    """What becomes of a file: refused with sentences, held back with problems, or taken."""
    choices = ImportChoices()
    try:
        reading = read_import(spec, read_file(content, name, choices, spec.names), choices)
    except UserError as refused:
        return "refused" if refused.text.strip() else "refused without a word"
    for problem in reading.problems:
        assert problem.text.strip(), "a problem without a sentence"
        assert problem.row is None or problem.row > 0
    if reading.problems:
        return "held back"
    alone = {"known": nothing_known, "problems": nothing_against, "doubts": nothing_against, "completed": as_they_are}
    plan_of(None, ImportSpec(**{**fields_of(spec), **alone}), reading.rows)
    return "taken"


def fields_of(spec: ImportSpec) -> dict[str, Any]:
    """The fields of a description."""
    return {name: getattr(spec, name) for name in ImportSpec.__slots__}


def a_file(spec: ImportSpec, chance: random.Random) -> tuple[str, bytes]:
    """A file that means to be of this kind."""
    if spec.entity == "supplier_prices" and chance.random() < 0.4:
        return "a.xml", chance.choice(DAMAGES)(as_catalogue(ROWS_OF_A_FILE, chance), chance)
    rows = rows_of(spec, chance, ROWS_OF_A_FILE)
    name, made = ("a.xlsx", as_workbook(rows, chance)) if chance.random() < 0.2 else ("a.csv", as_text(rows, chance))
    return name, chance.choice(DAMAGES)(made, chance)


def trial(rows: int, seed: int = 1) -> Counter[str]:
    """As many rows as wanted through all importers; the first thing that breaks is raised with its seed."""
    counted: Counter[str] = Counter()
    specs = list(IMPORTS.values())
    for name, content in hostile().items():
        counted[outcome(specs[0], content, name)] += 1
    for number in range(rows // ROWS_OF_A_FILE):
        chance = random.Random(seed * 1_000_003 + number)
        spec = specs[number % len(specs)]
        name, content = a_file(spec, chance)
        try:
            counted[outcome(spec, content, name)] += 1
        except Exception as broken:
            raise AssertionError(f"{spec.entity}, file {number} of seed {seed}: {broken!r}") from broken
    return counted


def main(arguments: list[str]) -> int:
    """Damaged rows and odd files, without a server and through one."""
    reader = argparse.ArgumentParser(prog="imports")
    reader.add_argument("--rows", type=int, default=100_000, help="how many rows")
    reader.add_argument("seed", type=int, nargs="?", default=1)
    asked = reader.parse_args(arguments)
    rows, seed = asked.rows, asked.seed
    begun = time.monotonic()
    counted = trial(rows, seed)
    print(f"Imports: {rows:,} rows were read in {time.monotonic() - begun:.0f} s; files {_told(counted)}.", flush=True)
    begun = time.monotonic()
    with ground() as (tenant, made, root):
        outcomes = through_the_server(Larder(tenant.desk(), root, made), rows, seed)
        desk = tenant.desk()
        puzzling = [f"{kind}, {told}" for kind, spec in IMPORTS.items() for told in not_answered(desk, spec)]
    print(f"Imports: {rows:,} rows came to a server in {time.monotonic() - begun:.0f} s.")
    for way, counted in outcomes.items():
        print(f"  {way}: {_told(counted)}")
    print(
        f"Odd files: {len(FILES)} through {len(IMPORTS)} imports, {len(puzzling)} without an answer.",
        *puzzling,
        sep="\n  ",
    )
    return 1 if puzzling else 0


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))
