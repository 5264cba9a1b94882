"""Are two recordings told apart when they are of two people? Writes reports/same-trial.md.

    python -m benchmarks.same_trial [--people FIRST LAST] [--out FILE.md]

Virtual people, each filmed by a rig of their own, do the same four movements twice. Every true
motion, and every set of true markers, is paired with what the pipeline made of the same trial, of
the person's other trial, and of two other people's. Numbers 1 to 40 chose the limits of
`kinebench.validation.same_trial`; 201 to 224, the default, judge them and were seen once. (101 to
124 were seen before it was decided which signal of markers counts first.)
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kinebench.alignment.clock import find_clock
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.core.model import Model
from kinebench.core.names import shared_names
from kinebench.core.results import PipelineRun
from kinebench.core.trial import Trial
from kinebench.errors import AlignmentError, AugmentationError
from kinebench.ik.fast import FastIK
from kinebench.io.atomic import write_atomically
from kinebench.lab import (
    PEOPLE,
    Population,
    Recording,
    SoftTissue,
    StaticPose,
    generic_body,
    ik_tasks,
    record,
    scaling_setup,
)
from kinebench.lab.camera.rig_presets import plausible_preset
from kinebench.lab.motions import CounterMovementJump, Gait, MotionModel, SitToStand, Squat
from kinebench.pipeline.pipeline import Pipeline
from kinebench.remarks import unheard
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.given import GivenModel
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow
from kinebench.validation.same_trial import doubts

DEFAULT = Path(__file__).resolve().parents[2] / "reports" / "same-trial.md"
_MOVEMENTS: Mapping[str, MotionModel] = {
    "squat": Squat(repetitions=3),
    "sit-to-stand": SitToStand(),
    "walking": Gait(),
    "jump": CounterMovementJump(),
}
_PAIRS = ("the same trial", "the person's other trial", "another person's trial")
_ANSWERS = ("refused", "another trial", "another body", "nothing said")

_PREAMBLE = """# Are they of one trial?

Made by `python -m benchmarks.same_trial`: {n} virtual people{how},
each before a rig of cameras of their own. `kinebench validate` gets each trial's true motion (and
true markers) with what the pipeline made of that trial, of the person's other trial of the same
movement, and of two other people's. *Refused*: an error. *Another trial*, *another body*: the
warnings of those names, the second of mocap's and video's scaled models; a pair can have both.
Percentages are of all pairs of a row. Nothing here chose a limit.
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A trial, and what the pipeline made of it."""

    truth: Recording
    run: PipelineRun
    mocap_model: Model


def _person(population: Population, number: int) -> dict[tuple[str, str], _Seen]:
    """Both trials of every movement, without those that the rig did not see whole."""
    person, rig = population.subject(number), plausible_preset(number)
    standing = StaticPose(duration_s=2.0)
    static = record(person, standing, rig, names=("static",))
    subject = person.as_subject()
    still = record(person, standing, names=("static",)).optical_markers(SoftTissue(), "static")
    model = generic_body().model
    mocap = FastScaler(scaling_setup(), None, GivenWindow(0.5, 1.5))(model, still, subject).model
    scaler = FastScaler(scaling_setup(), None, StandingWindow(avoid_start_s=0.0))
    pipeline = Pipeline(model, LSTMAugmenter("lab-1"), scaler, FastIK(ik_tasks()))
    seen = {}
    for name, motion in _MOVEMENTS.items():
        for trial in "ab":
            truth = record(person, motion, rig, names=(name, trial))
            try:
                run = pipeline(Trial(name, subject, truth.keypoints, static.keypoints))
            except AugmentationError:  # a keypoint left the picture
                continue
            pipeline = replace(pipeline, scale=GivenModel(run.scaling.model))
            seen[name, trial] = _Seen(truth, run, mocap)
    return seen


def _answers(reference: _Seen, estimate: _Seen) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is said of motions and of markers."""
    truth, run = reference.truth, estimate.run
    names = shared_names(truth.true_markers.names, run.augmented.names)
    markers = truth.true_markers.select(names), run.augmented.select(names)
    models = reference.mocap_model, run.scaling.model
    pairs = ("motions", (truth.true_motion, run.motion), models), ("markers", markers, ())
    for kind, pair, sizes in pairs:
        try:
            told = doubts(find_clock(*pair), *sizes)
        except AlignmentError:
            yield kind, ("refused",)
            continue
        yield kind, tuple(remark.code for remark in told) or ("nothing said",)


def _counts(people: Sequence[dict[tuple[str, str], _Seen]]) -> Counter[tuple[str, ...]]:
    """Pairs by kind, movement, relation and answer; under answer "pairs" all of them."""
    counts: Counter[tuple[str, ...]] = Counter()
    for place, own in enumerate(people):
        others = [people[(place + step) % len(people)] for step in (1, 2)]
        for name in _MOVEMENTS:
            wanted = [(_PAIRS[0], own.get((name, "a"))), (_PAIRS[1], own.get((name, "b")))]
            wanted += [(_PAIRS[2], other.get((name, "a"))) for other in others]
            reference = wanted[0][1]
            for relation, estimate in wanted:
                if reference is None or estimate is None:
                    continue
                for kind, answers in _answers(reference, estimate):
                    for movement in (name, "all"):
                        counts[kind, movement, relation, "pairs"] += 1
                        counts.update((kind, movement, relation, answer) for answer in answers)
    return counts


def _table(counts: Counter[tuple[str, ...]]) -> Iterator[str]:
    yield "| of | movement | pair | pairs | " + " | ".join(_ANSWERS) + " |"
    yield "|---|---|---|---|" + "---|" * len(_ANSWERS)
    for kind in ("motions", "markers"):
        for movement in (*_MOVEMENTS, "all"):
            for relation in _PAIRS:
                n = counts[kind, movement, relation, "pairs"]
                if n:
                    shares = (
                        f"{100 * counts[kind, movement, relation, answer] / n:.0f} %"
                        for answer in _ANSWERS
                    )
                    yield f"| {kind} | {movement} | {relation} | {n} | {' | '.join(shares)} |"


def main() -> None:
    """Film, pair, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs=2, default=(201, 224), metavar="N")
    parser.add_argument("--out", type=Path, default=DEFAULT)
    arguments = parser.parse_args()
    first, last = arguments.people
    parts = []
    for kind, how, end in (
        ("varied", " who move in their own way", last),
        ("template", " who all move alike, as no people do", first + (last - first) // 2),
    ):
        population = replace(PEOPLE[kind], name="same trial")
        numbers = range(first, end + 1)
        with unheard():
            people = [_person(population, number) for number in numbers]
            lines = tuple(_table(_counts(people)))
        parts.append("\n".join((_PREAMBLE.format(n=len(people), how=how), *lines)))
    text = parts[0] + "\n\n## When all move alike\n" + parts[1].split("\n", 1)[1] + "\n"
    print(text)
    write_atomically(arguments.out, text)


if __name__ == "__main__":
    main()
