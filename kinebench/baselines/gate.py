"""Gates: which trials, which pipeline, which baseline; and the quick one that is built in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from kinebench.baselines.accepting import baseline_of
from kinebench.baselines.baseline import Baseline, Origin, Tolerance
from kinebench.baselines.measurement import Choices, Measurement, Variant, machine, measure
from kinebench.baselines.presets import DEFAULT_PRESET, PRESETS, tolerances_of
from kinebench.core.environment import environment
from kinebench.core.provenance import digest
from kinebench.datasets import find_card, local_file
from kinebench.errors import DataNotHereError, FileFormatError, require_names
from kinebench.io.documents import (
    Table,
    parse_toml,
    read_text,
    require_keys,
    table_of,
    texts_of,
    value_of,
)
from kinebench.lab import Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Gait, MotionModel, SitToStand, Squat
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import WINDOWS, PipelineSpec
from kinebench.pipeline.under_test import (
    BuiltPipeline,
    OwnPipeline,
    UnderTest,
    content_of,
    under_test_of,
)
from kinebench.studies.demo import demonstration
from kinebench.studies.design import Study, TrialSource
from kinebench.studies.files.study_file import study_from
from kinebench.studies.files.trials import sources_of
from kinebench.studies.plan import Cell, one_at_a_time
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
_GATE_KEYS = ("name", "trials", "preset", "body", "study", "leave_out", "needs")
_DEMO = "demo"
# of a study's file what a gate takes; trials are the gate's own
_OF_STUDY = ("name", "base", "factors")

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
    choices : tuple of (str, object)
        How the trials are recorded.
    variants : tuple of Variant
        Levels of a study, whose errors are measured besides.
    """

    name: str
    under_test: UnderTest
    sources: tuple[TrialSource, ...]
    preset: str = DEFAULT_PRESET
    command: str = "kinebench check"
    choices: Choices = ()
    variants: tuple[Variant, ...] = ()

    def __post_init__(self) -> None:
        require_names([self.preset], PRESETS, "preset", "kinebench")

    def measure(
        self, seed: int = 0, timed: bool = False, on_trial: Callable[[str], None] | None = None
    ) -> tuple[Measurement, Origin]:
        """Run the pipeline on all trials, and say where that comes from."""
        # under other noise means over trials alone are compared, and variants have none
        variants = () if seed else self.variants
        found = measure(
            self.under_test, self.sources, seed, timed, on_trial, self.choices, variants
        )
        parameters = dict(self.under_test.parameters)
        for variant in self.variants:
            parameters[variant.label] = digest(content_of(variant.under_test), variant.choices)
        origin = Origin(self.command, seed, environment(), parameters, found.inputs, machine())
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
    DataNotHereError
        When a dataset that the gate needs is not on this machine.
    KinebenchError
        Naming table and key.
    """
    content = parse_toml(read_text(path), path.name)
    require_keys(content, _KEYS, path.name)
    gate = value_of(content, "gate", dict, path.name, {})
    require_keys(gate, _GATE_KEYS, "[gate]")
    _require_here(texts_of(gate, "needs", "[gate]"))
    folder = path.resolve().parent
    name = value_of(gate, "name", str, "[gate]", path.stem)
    preset = value_of(gate, "preset", str, "[gate]", DEFAULT_PRESET)
    command = f"kinebench check {path.name}"
    if "study" not in gate:
        if "leave_out" in gate:
            raise FileFormatError("[gate]: leave_out names levels of a study, and there is none")
        under_test = under_test_of(content, folder, OWN_SPEC)
        return Gate(name, under_test, _sources(content, gate), preset, command)
    for key in ("trials", "body"):
        if key in gate:
            raise FileFormatError(f"[gate]: {key} does not go with study")
    study = _study(value_of(gate, "study", str, "[gate]"), content, folder)
    first, *others = one_at_a_time(replace(study, sources=study.sources[:1]))
    labels = {cell.index: _label(cell, study) for cell in others}
    left_out = texts_of(gate, "leave_out", "[gate]")
    require_names(left_out, labels.values(), "level", "the study")
    variants = tuple(
        Variant(labels[cell.index], _runs(cell), cell.choices)
        for cell in others
        if labels[cell.index] not in left_out
    )
    return Gate(name, _runs(first), study.sources, preset, command, first.choices, variants)


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
    others = tuple(run(seed)[0] for seed in _other_seeds(gate, repeats))
    chosen = {**tolerances_of(gate.preset), **(tolerances or {})}
    return baseline_of(gate.name, origin, same, others, chosen, accepted_by)


def n_runs_to_accept(gate: Gate, repeats: int) -> int:
    """How often `accepted` runs a pipeline on a trial."""
    same = 2 * len(gate.sources) * (1 + len(gate.variants))
    return same + len(_other_seeds(gate, repeats)) * len(gate.sources)


def _other_seeds(gate: Gate, repeats: int) -> range:
    # recorded trials are the same under every seed
    is_laboratory = any(isinstance(source, LabSource) for source in gate.sources)
    return range(1, repeats) if is_laboratory else range(0)


def _require_here(datasets: tuple[str, ...]) -> None:
    """Nothing is downloaded for a gate: it is run often, and where there is no network."""
    for name in datasets:
        if any(local_file(name, file.path) is None for file in find_card(name).files):
            raise DataNotHereError(
                f"dataset {name} is not at hand; 'kinebench data fetch {name}' gets it"
            )


def _study(named: str, content: Table, folder: Path) -> Study:
    """The study of a gate, on the gate's own trials and with its changes of the pipeline."""
    if "under_test" in content:
        raise FileFormatError("a gate has either [under_test] or a study, not both")
    own = {key: content[key] for key in ("laboratory", "trials") if key in content}
    if named == _DEMO:
        if "pipeline" in content:
            raise FileFormatError("the demo's pipeline is its own: a gate of it has no [pipeline]")
        study = demonstration(1, "lab", published=False).study
        return replace(study, sources=sources_of(own, "lab")) if own else study
    file = folder / named
    table = parse_toml(read_text(file), file.name)
    base = table_of(table, "base", file.name)
    changed = {**base, **table_of(content, "pipeline", "the gate")}
    taken = {key: table[key] for key in _OF_STUDY if key in table}
    return study_from({**taken, "base": changed, **own}, "of a gate", file.parent)


def _label(cell: Cell, study: Study) -> str:
    """The level that differs: ``filter Butterworth 6 Hz``."""
    pairs = zip(study.factors, cell.levels, strict=True)
    return next(
        f"{name} {level.label}"
        for factor, (name, level) in pairs
        if level.label != factor.levels[0].label
    )


def _runs(cell: Cell) -> UnderTest:
    if cell.inapplicable:
        raise FileFormatError(f"[gate], study: {cell.inapplicable}")
    pipeline = cell.pipeline
    return BuiltPipeline(pipeline) if isinstance(pipeline, Pipeline) else pipeline


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
