"""What the wheel promises about itself."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import ostack


def test_everything_public_is_there() -> None:
    public = {name for name in dir(ostack) if not name.startswith("_")}
    assert public | {"__version__"} == set(ostack.__all__)


def test_docstrings_run() -> None:
    assert doctest.testmod(ostack).failed == 0


def test_stubs_fit_the_module() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "ostack"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_typed_caller_passes(tmp_path: Path) -> None:
    caller = tmp_path / "caller.py"
    caller.write_text(
        "import ostack\n"
        "title: str = ostack.diagnose_text('x').diagnoses[0].title\n"
        "allowed: bool = ostack.Constraint('>= 1', 'puppet').allows(ostack.Version('1.0.0', 'puppet'))\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(caller)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
