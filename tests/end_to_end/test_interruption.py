"""Ctrl-C in the middle: a prompt end, exit code 130, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.mirror,
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a single process there"),
]

# Tells on stderr when inverse kinematics begins, so that the test need not guess.
_ANNOUNCED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from kinebench.cli.main import main
from kinebench.ik import opensim_engine
track, calls = opensim_engine._track, []
def announced(solver, state):
    calls.append(None)
    if len(calls) == 20:
        print("tracking", file=sys.stderr, flush=True)
    return track(solver, state)
opensim_engine._track = announced
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_in_the_middle_of_inverse_kinematics(subject0: Path, tmp_path: Path) -> None:
    here, out, scratch = (tmp_path / name for name in ("here", "out", "scratch"))
    for folder in (here, out, scratch):
        folder.mkdir()
    (out / "kinematics.mot").write_text("an earlier result")
    words = ("run", str(subject0), "--trial", "Squats_0", "--out", str(out), "--overwrite")
    process = subprocess.Popen(
        [sys.executable, "-c", _ANNOUNCED, *words],
        cwd=here,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "tracking\n"
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=60)
        waited = time.monotonic() - asked
    finally:
        process.kill()
        process.wait()
    # a process that Python ends by the signal itself shows -2, which a shell turns into 130 too
    assert process.returncode in (130, -signal.SIGINT)
    assert waited < 2.0
    assert printed == ""
    assert said == "kinebench run: interrupted; no half-written file is left\n"
    assert [path.name for path in out.iterdir()] == ["kinematics.mot"]
    assert (out / "kinematics.mot").read_text() == "an earlier result"
    assert list(here.iterdir()) == []
    assert list(scratch.iterdir()) == []
