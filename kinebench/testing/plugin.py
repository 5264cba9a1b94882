"""Pytest plugin: trials of virtual subjects, and a gate for a pipeline that gives joint angles.

::

    from my_pipeline import estimate                  # (trial) -> Motion

    def test_angles_have_not_moved(kinebench_gate):
        kinebench_gate(estimate)

Nothing but pytest is imported until a fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kinebench.core.motion import Motion
    from kinebench.core.trial import Trial


DEFAULT_BASELINE = "kinebench.baseline.toml"
"""Baseline of `kinebench_gate`, in pytest's root folder, where no option names another."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options ``--kinebench-baseline`` and ``--kinebench-update``."""
    group = parser.getgroup("kinebench", "regression gates of motion pipelines")
    group.addoption(
        "--kinebench-baseline",
        metavar="FILE",
        help=f"what kinebench_gate compares with; default: {DEFAULT_BASELINE} in the root folder",
    )
    group.addoption(
        "--kinebench-update",
        metavar="REASON",
        help="accept what comes out now, and fail, so that no run does so unnoticed",
    )


@pytest.fixture(scope="session")
def kinebench_trials() -> tuple[Trial, ...]:
    """The four trials of the quick gate, with their true motion and markers."""
    from kinebench.baselines.gate import quick_trials
    from kinebench.baselines.measurement import seeded_trial

    return tuple(seeded_trial(source, 0) for source in quick_trials())


@pytest.fixture(scope="session")
def kinebench_trial() -> Callable[..., Trial]:
    """Makes a trial: ``kinebench_trial("squat", subject=3, camera="two-phones+tilt:0:2")``.

    Parameters are the activity (as in study files), the virtual subject's number, what the cameras
    get wrong (as in study files; ``"none"`` for nothing), the static pose and the frame rate. The
    truth is in ``reference_motion`` and ``reference_markers``.
    """
    from kinebench.testing.virtual_trial import virtual_trial

    return virtual_trial


@pytest.fixture
def kinebench_gate(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Fails the test when a pipeline has moved: ``kinebench_gate(estimate)``.

    Keyword arguments: `coordinates` (their names to ours), `baseline` (a file), `preset` (of a
    new baseline) and `repeats` (draws of noise when it is accepted).
    """

    def gate(
        estimate: Callable[[Trial], Motion],
        *,
        coordinates: Mapping[str, str] | None = None,
        baseline: Path | str | None = None,
        preset: str = "opencap",
        repeats: int = 20,
    ) -> None:
        __tracebackhide__ = True
        file = baseline or request.config.getoption("--kinebench-baseline") or DEFAULT_BASELINE
        path = request.config.rootpath / file
        reason = request.config.getoption("--kinebench-update")
        _judge(estimate, coordinates or {}, path, preset, repeats, reason)

    return gate


def _judge(
    estimate: Callable[[Trial], Motion],
    coordinates: Mapping[str, str],
    path: Path,
    preset: str,
    repeats: int,
    reason: str | None,
) -> None:
    from dataclasses import replace

    from kinebench.baselines.gate import quick_gate
    from kinebench.baselines.judging import judge
    from kinebench.baselines.text import read_baseline
    from kinebench.pipeline.under_test import NameMap, PythonCallable
    from kinebench.reports.gate_words import in_text

    __tracebackhide__ = True
    place = f"{estimate.__module__}:{getattr(estimate, '__qualname__', type(estimate).__name__)}"
    under_test = PythonCallable(place, NameMap(coordinates), function=estimate)
    gate = replace(quick_gate(under_test), preset=preset, command="pytest")
    if reason is not None:
        _accept(gate, path, repeats, reason)
        pytest.fail(f"{path.name} was rewritten; look at its difference, then run again without"
                    " --kinebench-update", pytrace=False)  # fmt: skip
    if not path.is_file():
        pytest.fail(
            f"there is no {path.name}; --kinebench-update REASON makes one of what comes out now",
            pytrace=False,
        )
    expected = read_baseline(path)
    measured, origin = gate.measure(expected.origin.seed)
    verdict = judge(expected, measured, origin)
    if verdict.failures:
        pytest.fail(in_text(verdict, expected), pytrace=False)
    if not verdict.n_compared:
        pytest.fail(f"nothing was measured: {path.name} is empty", pytrace=False)


def _accept(gate: Any, path: Path, repeats: int, reason: str) -> None:
    import getpass
    from datetime import date

    from kinebench.baselines.gate import accepted
    from kinebench.baselines.text import baseline_text, read_baseline
    from kinebench.io.atomic import write_atomically

    kept = dict(read_baseline(path).tolerances) if path.is_file() else None
    by = (date.today().isoformat(), getpass.getuser(), reason)
    write_atomically(path, baseline_text(accepted(gate, by, kept, repeats)))
