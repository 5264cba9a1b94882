"""Gates: which trials, which pipeline, which baseline; and the quick one that is built in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Baseline, Origin, Tolerance
from kinebench.baselines.measurement import Measurement, machine, measure
from kinebench.baselines.presets import DEFAULT_PRESET, PRESETS, tolerances_of
from kinebench.core.environment import environment
from kinebench.errors import FileFormatError, require_names
from kinebench.io.documents import Table, parse_toml, read_text, require_keys, value_of
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Gait, MotionModel, SitToStand, Squat
from kinebench.pipeline.spec import WINDOWS, PipelineSpec
from kinebench.pipeline.under_test import OwnPipeline, UnderTest, under_test_of
from kinebench.studies.design import TrialSource
from kinebench.studies.files.trials import sources_of
from kinebench.studies.sources.laboratory import LabSource

OWN_SPEC = PipelineSpec(
    body="lab",
    augmenter="lab-1",
    warm_up_s=1.0,
    window=WINDOWS["standing from start"],
    engine="fast",
)
"""Kinebench's own pipeline where no file is needed: own body, own augmenter, fast engine."""

QUICK_BASELINE = Path(__file__).with_name("quick.toml")
"""What kinebench's own pipeline gave in the quick gate when it was released."""

_KEYS = ("gate", "pipeline", "under_test", "laboratory", "trials")
_GATE_KEYS = ("name", "trials", "preset", "body")

# two people; walking tells left from right, and another frame rate tells frames from seconds
_QUICK: tuple[tuple[int, str, MotionModel, float], ...] = (
    (1, "squat", Squat(repetitions=2), 60.0),
    (1, "gait", Gait(), 60.0),
    (2, "sit-to-stand", SitToStand(repetitions=1), 120.0),
    (2, "asymmetric squat", Squat(repetitions=1, drop_deg=5.0, shift_m=0.03), 60.0),
)


@dataclass(frozen=True, slots=True)
class Gate:
    """What is run, on what.

    Parameters
    ----------
    name : str
    under_test : UnderTest
    sources : tuple of TrialSource
    preset : one of PRESETS
        Tolerances of a new baseline.
    command : str
        What makes a measurement again.
    """

    name: str
    under_test: UnderTest
    sources: tuple[TrialSource, ...]
    preset: str = DEFAULT_PRESET
    command: str = "kinebench check"

    def __post_init__(self) -> None:
        require_names([self.preset], PRESETS, "preset", "kinebench")

    def measure(
        self, seed: int = 0, timed: bool = False, on_trial: Callable[[str], None] | None = None
    ) -> tuple[Measurement, Origin]:
        """Run the pipeline on all trials, and say where that comes from."""
        found = measure(self.under_test, self.sources, seed, timed, on_trial)
        origin = Origin(
            self.command, seed, environment(), self.under_test.parameters, found.inputs, machine()
        )
        return found, origin


def quick_trials() -> tuple[TrialSource, ...]:
    """Four laboratory trials of two people, without files: 20 s of movement."""
    people = Population()
    return tuple(
        LabSource(people.subject(index), motion, activity, two_phones(), "lab", rate_hz)
        for index, activity, motion, rate_hz in _QUICK
    )


def quick_gate(under_test: UnderTest | None = None) -> Gate:
    """The built-in gate, of kinebench's own pipeline or another."""
    if under_test is None:
        return Gate("quick", OwnPipeline(OWN_SPEC), quick_trials(), "strict")
    return Gate("quick", under_test, quick_trials())


def read_gate(path: Path) -> Gate:
    """The gate of a TOML file.

    Raises
    ------
    KinebenchError
        Naming table and key.
    """
    content = parse_toml(read_text(path), path.name)
    require_keys(content, _KEYS, path.name)
    gate = value_of(content, "gate", dict, path.name, {})
    require_keys(gate, _GATE_KEYS, "[gate]")
    return Gate(
        value_of(gate, "name", str, "[gate]", path.stem),
        under_test_of(content, path.resolve().parent, OWN_SPEC),
        _sources(content, gate),
        value_of(gate, "preset", str, "[gate]", DEFAULT_PRESET),
        f"kinebench check {path.name}",
    )


def accepted(
    gate: Gate,
    accepted_by: tuple[str, str, str],
    tolerances: dict[str, Tolerance] | None = None,
    repeats: int = 20,
    timed: bool = False,
    on_trial: Callable[[str], None] | None = None,
) -> Baseline:
    """Measure repeatedly and make the baseline.

    Parameters
    ----------
    gate : Gate
    accepted_by : (str, str, str)
        Date, by whom, why.
    tolerances : dict, optional
        Instead of the gate's preset.
    repeats : int
        Draws of noise, besides a second run on the same recordings.
    timed : bool
        With the time that a trial takes.
    on_trial : callable, optional
    """
    run = partial(gate.measure, timed=timed, on_trial=on_trial)
    first, origin = run()
    same = (first, run()[0])
    # recorded trials are the same under every seed
    is_laboratory = any(isinstance(source, LabSource) for source in gate.sources)
    others = tuple(run(seed)[0] for seed in range(1, repeats)) if is_laboratory else ()
    chosen = {**tolerances_of(gate.preset), **(tolerances or {})}
    return baseline_of(gate.name, origin, same, others, chosen, accepted_by)


def _sources(content: Table, gate: Table) -> tuple[TrialSource, ...]:
    trials = value_of(gate, "trials", str, "[gate]", "")
    body = value_of(gate, "body", str, "[gate]", "lab")
    own = "laboratory" in content or "trials" in content
    if trials not in ("", "quick"):
        raise FileFormatError(
            f'[gate]: trials can be "quick" alone, found "{trials}"; others stand in'
            " [laboratory] and [[trials]]"
        )
    if own and trials:
        raise FileFormatError("[gate]: either the quick trials or [laboratory] and [[trials]]")
    return sources_of(content, body) if own else quick_trials()
