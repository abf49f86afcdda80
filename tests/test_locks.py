"""The locks must be whole on every system, also on those they were not written on."""

import re
import tomllib
from importlib.metadata import distribution
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "dev")
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def pins(lock: str) -> dict[str, Requirement]:
    """The packages of a lock by name."""
    lines = re.findall(r"^(\S+==\S+) \\$", (ROOT / "requirements" / f"{lock}.txt").read_text(), re.MULTILINE)
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


def declared(lock: str) -> set[str]:
    """What pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = project["dependencies"] + (project["optional-dependencies"]["dev"] if lock == "dev" else [])
    return {canonicalize_name(Requirement(name).name) for name in names}


def needed(pin: Requirement) -> set[str]:
    """What a package needs on any of the systems, with any of the Pythons."""
    requirements = [Requirement(text) for text in distribution(pin.name).requires or ()]
    names = set()
    for system, python, extra in product(SYSTEMS, PYTHONS, ("", *pin.extras)):
        surroundings = system | {"python_version": python, "python_full_version": f"{python}.0", "extra": extra}
        names |= {
            canonicalize_name(requirement.name)
            for requirement in requirements
            if requirement.marker is None or requirement.marker.evaluate(surroundings)
        }
    return names


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_covers_what_the_project_declares(lock: str) -> None:
    assert declared(lock) <= set(pins(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_covers_what_its_packages_need_on_every_system(lock: str) -> None:
    locked = pins(lock)
    missing = {f"{name} for {pin.name}" for pin in locked.values() for name in needed(pin) if name not in locked}
    assert not missing


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_hashes_and_no_address_of_a_registry(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert len(re.findall(r"^\S+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)) == len(pins(lock))
    assert "://" not in text


def test_development_uses_the_versions_that_run() -> None:
    running, developing = pins("run"), pins("dev")
    assert {name: pin.specifier for name, pin in running.items()} == {
        name: developing[name].specifier for name in running
    }
