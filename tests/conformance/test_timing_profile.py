"""The profile of commands: phases of calls, what a flame graph draws, exponents of growth."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.timing.flame import WIDTH, flame_svg
from benchmarks.timing.growth import exponent
from benchmarks.timing.profile import PHASES, Profile, phase_of, table

ROOT = Path(__file__).resolve().parents[2]
RUN = "kinebench/cli/run.py:run"


@pytest.mark.parametrize(
    ("stack", "phase"),
    [
        ((RUN, "kinebench/scaling/placer.py:solve_pose", "import numba"), "imports"),
        ((RUN, "kinebench/ik/fast.py:FastIK.__call__", "numba/core/caching.py:load"),
         "loading compiled code"),
        # error bars are error bars, though they use kinematics
        ((RUN, "kinebench/pipeline/error_bars.py:error_bars", "kinebench/kinematics/forward.py:f"),
         "error bars"),
        # what planning calls upon is not reading
        ((RUN, "kinebench/pipeline/session/reading.py:read_facts",
          "kinebench/augmentation/identify.py:identify"), "identification"),
        ((RUN, "kinebench/pipeline/session/reading.py:read_facts", "kinebench/io/trc.py:read_trc"),
         "reading"),
        # nor what a store has made
        (("kinebench/studies/execution/store.py:remember", "kinebench/ik/fast.py:FastIK.__call__"),
         "inverse kinematics"),
        ((RUN,), "other"),
    ],
)  # fmt: skip
def test_every_call_belongs_to_one_phase(stack: tuple[str, ...], phase: str) -> None:
    assert phase_of(stack) == phase
    assert phase in PHASES


def test_phases_add_up_to_all_that_was_seen() -> None:
    stacks = (((RUN,), 1.0, 2.0), ((RUN, "import numpy"), 3.0, 4.0), ((RUN, "import scipy"), 5, 6))
    phases = Profile((0.5, 0.75), stacks).phases
    assert phases == {"interpreter": (0.5, 0.75), "imports": (8.0, 10.0), "other": (1.0, 2.0)}
    assert "| all | 9,500 | 12,750 |" in table("run", phases, None)
    assert "| imports | 9,000 | 9,500 | 8,000 | 10,000 |" in table(
        "run", phases, {"imports": (9.0, 9.5)}
    )


def test_a_flame_graph_is_as_wide_as_the_time() -> None:
    text = flame_svg("a & b", [(("outer", "left"), 3.0), (("outer", "right<"), 1.0), (("o",), 0.0)])
    bars = {
        group[0].text: group[1].attrib
        for group in ET.fromstring(text).iter("{http://www.w3.org/2000/svg}g")
    }
    assert set(bars) == {"outer 4000 ms", "left 3000 ms", "right< 1000 ms"}
    assert float(bars["outer 4000 ms"]["width"]) == WIDTH
    assert float(bars["left 3000 ms"]["width"]) == 0.75 * WIDTH
    assert float(bars["right< 1000 ms"]["x"]) == 0.75 * WIDTH
    # callers stand below
    assert float(bars["left 3000 ms"]["y"]) < float(bars["outer 4000 ms"]["y"])


def test_a_sampled_command_tells_its_stacks(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.timing.sampling", str(path), "run", "--help"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "usage: kinebench run" in done.stdout
    seen = json.loads(path.read_text(encoding="utf-8"))
    entries = {entry for stack, *_ in seen["stacks"] for entry in stack}
    assert any(entry.startswith("import kinebench.") for entry in entries)
    assert all(processor >= 0 and clock >= 0 for _, processor, clock in seen["stacks"])


def test_the_exponent_is_that_of_the_larger_sizes() -> None:
    sizes = [10, 100, 1000, 10_000]
    assert exponent(sizes, [1.0 + 1e-3 * n**2 for n in sizes]) == pytest.approx(2.0, abs=0.01)
    assert exponent([1, 2], [3.0, 6.0]) == pytest.approx(1.0)
