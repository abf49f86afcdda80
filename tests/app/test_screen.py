"""The same robot on a real X screen, where windows, focus and keys are those of a system."""

import os
import shutil
import subprocess
import sys

import pytest

ROBOTS = (
    "tests/app/test_window.py::test_waste_is_recorded_found_everywhere_and_taken_back",
    "tests/app/test_morning.py::test_a_managers_morning_by_keyboard",
)


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed: dev.py test installs it on Debian")
@pytest.mark.parametrize("robot", ROBOTS)
def test_the_robot_works_under_x(robot: str) -> None:
    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x920x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            display = f":{numbers.readline().strip()}"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist", robot],
            env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        screen.terminate()
        screen.wait(10)
