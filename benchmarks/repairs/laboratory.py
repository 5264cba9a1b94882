"""Repairs on virtual people: error before and after, and exchanges found, missed and imagined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from kinebench.augmentation import LSTMAugmenter
from kinebench.cleaning import SwapSides, parse_cleaners
from kinebench.core import Markers, Motion
from kinebench.core.keypoints import OPENCAP_20, paired_parts
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.ik.fast import FastIK
from kinebench.lab import (
    Population,
    Recording,
    StaticPose,
    generic_body,
    ik_tasks,
    record,
    scaling_setup,
)
from kinebench.lab.camera import Chain, SideSwaps, two_phones
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.motions import (
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
)
from kinebench.pipeline.memo import MemoryMemo
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.statistics.contrasts import mean_interval

PEOPLE = Population("people to repair")
UNEQUAL = Population("people to repair, legs unequal", leg_difference_m=0.03)
MOTIONS: dict[str, MotionModel] = {
    "gait": Gait(), "squat": Squat(repetitions=1), "jump": CounterMovementJump(),
}  # fmt: skip
ALL = paired_parts(OPENCAP_20)
LEGS = ("Knee", "Ankle", "Heel", "BigToe", "SmallToe")
Change = Callable[[Markers], Markers]


@dataclass(frozen=True)
class Case:
    """What cameras do to a movement, the static trial being as two phones see it."""

    name: str
    errors: CameraError
    population: Population = PEOPLE
    preset: CameraError = two_phones()  # noqa: RUF009  (frozen)


def on_top(text: str) -> CameraError:
    """Two phones, and more."""
    return Chain((two_phones(), parse_camera(text)))


def swapped(parts: tuple[str, ...], more: str = "none") -> CameraError:
    """Two phones that take left for right, 15 times a minute."""
    return Chain((two_phones(), parse_camera(more), SideSwaps(15.0, 0.15, parts)))


SOUND = (
    Case("no errors at all", Chain(), preset=Chain()),
    Case("two phones", two_phones()),
    Case("two phones, legs unequal (SD 30 mm)", two_phones(), UNEQUAL),
)
FAULTS: dict[str, tuple[tuple[str, ...], tuple[Case, ...]]] = {
    "bone-lengths": (
        ("bone-lengths", "bone-lengths:static"),
        (
            Case("jumps: 2 % of keypoints, 60 mm", on_top("tails:0.02:60")),
            Case("white noise, 20 mm", on_top("white:20")),
            Case("right side guessed, 50 mm", on_top("occluded:R:50:0")),
            *SOUND,
        ),
    ),
    "swap-sides": (
        ("swap-sides",),
        (
            Case("whole person exchanged in bursts", swapped(ALL)),
            Case("legs exchanged in bursts", swapped(LEGS)),
            Case("arms exchanged in bursts", swapped(("Elbow", "Wrist"))),
            *SOUND,
        ),
    ),
    "rescale": (
        ("rescale", "rescale:height"),
        (
            Case("movement at 0.65 of its size", on_top("scale:0.65")),
            Case("movement at 1.25 of its size", on_top("scale:1.25")),
            *SOUND,
        ),
    ),
}


# --- the pipeline


@cache
def _pipeline() -> Pipeline:
    return Pipeline(
        generic_body().model,
        LSTMAugmenter("lab-1", warm_up_s=1.0),
        FastScaler(scaling_setup(), None, StandingWindow(avoid_start_s=0.0)),
        FastIK(ik_tasks()),
        parse_cleaners("fill-ends"),
        floor=None,  # heights as they are, to be compared with the true ones
    )


def _angles_off(estimate: Motion, truth: Motion) -> float:
    """Mean over joint angles of the RMSE, degrees; translations of the pelvis do not count."""
    angles = [c.name for c in truth.coordinates if c.kind == "rotational"]
    shared = [name for name in angles if name in {c.name for c in estimate.coordinates}]
    error = np.stack([estimate.value(n) - truth.value(n) for n in shared], axis=1)
    return float(np.degrees(np.sqrt(np.mean(error**2, axis=0))).mean())


def _keypoints_off(seen: Markers, true: Markers) -> float:
    """Mean distance, mm; missing keypoints do not count."""
    return float(1000 * np.nanmean(np.linalg.norm(seen.positions - true.positions, axis=2)))


def _measured(film: Recording, static: Recording, steps: str) -> tuple[float, float]:
    pipeline = _pipeline()
    if steps != "none":
        pipeline = replace(pipeline, clean=(*parse_cleaners(steps), *pipeline.clean))
    trial = film.as_trial("movement", static=static)
    run = pipeline(trial, memo=_MEMORY)
    keypoints = run.augmented.select(film.keypoints.names)
    return (
        _keypoints_off(keypoints, film.true_keypoints),
        _angles_off(run.solution.motion, film.true_motion),
    )


_MEMORY = MemoryMemo()


# --- before and after


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first column holds names."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def by_repair(repair: str, people: int) -> str:
    """Error before and after, one table per repair; the last rows are what needs no repair."""
    steps, cases = FAULTS[repair]
    rows = [row for case in cases for row in _rows(case, steps, people)]
    head = ["movement", "step", "keypoints, mm: before", "after", "change",
            "angles, °: before", "after", "change", "n"]  # fmt: skip
    return f"\n## `{repair}`\n\n" + table(head, rows)


@cache
def _filmed(case: Case, number: int) -> tuple[Recording, ...]:
    """The static trial, then the movements."""
    person, names = case.population.subject(number), ("repairs",)
    static = record(person, StaticPose(), case.preset, names=names)
    return (static, *(record(person, m, case.errors, names=names) for m in MOTIONS.values()))


def _per_person(case: Case, step: str, number: int) -> tuple[float, float]:
    static, *films = _filmed(case, number)
    keypoints, angles = np.mean([_measured(film, static, step) for film in films], axis=0)
    return float(keypoints), float(angles)


def _rows(case: Case, steps: tuple[str, ...], people: int) -> Iterable[list[str]]:
    numbers = range(1, people + 1)
    before = np.array([_per_person(case, "none", number) for number in numbers])
    for step in steps:
        after = np.array([_per_person(case, step, number) for number in numbers])
        cells = [case.name, f"`{step}`"]
        for column, digits in ((0, 1), (1, 2)):
            change = after[:, column] - before[:, column]
            interval = mean_interval(change)
            low, high = (round(bound, digits) + 0.0 for bound in (interval.low, interval.high))
            cells += [
                f"{before[:, column].mean():.{digits}f}",
                f"{after[:, column].mean():.{digits}f}",
                f"{change.mean():+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]",
            ]
        yield [*cells, str(people)]


# --- exchanges: found, missed, imagined


def _turning(seen: Markers) -> Markers:
    """The person turns once about the vertical, in 1.5 s or the recording's time."""
    span = min(1.5, seen.times[-1] - seen.times[0])
    angles = 2 * np.pi * np.clip((seen.times - seen.times[0]) / span, 0, 1)
    R = np.stack([rotation_about_vertical(angle) for angle in angles])
    return seen.with_positions(np.einsum("fij,fpj->fpi", R, seen.positions))


def _crossing(seen: Markers) -> Markers:
    """Both legs swing past each other and back, once a second."""
    names = [side + part for side in "RL" for part in LEGS]
    columns = [seen.names.index(name) for name in names]
    hips = seen.position("RHip") - seen.position("LHip")
    across = hips / np.linalg.norm(hips, axis=1, keepdims=True)
    course = np.sin(np.pi * (seen.times - seen.times[0])) ** 2
    sign = np.array([-1.0] * len(LEGS) + [1.0] * len(LEGS))
    positions = seen.positions.copy()
    positions[:, columns] += 0.2 * (course[:, None] * across)[:, None] * sign[None, :, None]
    forward = np.cross([0.0, 1.0, 0.0], across)
    # one leg in front of the other, or they would pass through each other
    positions[:, columns] += 0.08 * forward[:, None] * sign[None, :, None]
    return seen.with_positions(positions)


def _as_is(seen: Markers) -> Markers:
    return seen


_COURSES: dict[str, MotionModel] = {
    **MOTIONS, "drop jump": DropJump(), "sit-to-stand": SitToStand(repetitions=1),
    "fast gait": Gait(speed_m_s=1.5, cadence_per_min=125.0),
}  # fmt: skip
_CHANGES: dict[str, Change] = {"": _as_is, ", turning": _turning, ", legs crossing": _crossing}


def exchanges(people: int) -> str:
    """How many exchanged keypoints are put right, and how many sound ones are exchanged."""
    planted: dict[str, tuple[tuple[str, ...], str]] = {
        "whole person": (ALL, "none"), "legs": (LEGS, "none"),
        "arms": (("Elbow", "Wrist"), "none"), "ankles alone": (("Ankle",), "none"),
        "hips and knees": (("Hip", "Knee"), "none"),
        "legs, gaps (5 a minute, 0.1 s)": (LEGS, "dropouts:5:0.1"),
        "whole person, gaps (20 a minute, 0.2 s)": (ALL, "dropouts:20:0.2"),
        "ankles alone, gaps (20 a minute, 0.2 s)": (("Ankle",), "dropouts:20:0.2"),
        "whole person, white noise 20 mm": (ALL, "white:20"),
        "nothing": ((), "none"),
        "nothing, gaps (20 a minute, 0.2 s)": ((), "dropouts:20:0.2"),
        "nothing, white noise 20 mm": ((), "white:20"),
        "nothing, jumps (2 %, 60 mm)": ((), "tails:0.02:60"),
    }  # fmt: skip
    rows = []
    for what, (parts, more) in planted.items():
        for rate in (60.0, 30.0) if more == "none" else (60.0,):
            for word, change in _CHANGES.items():
                if parts and word:
                    continue
                counts = _counted(people, parts, more, rate, change)
                rows.append([f"{what}{word}", f"{rate:g}", *counts])
    head = ["planted", "Hz", "recordings", "exchanged keypoints", "put right", "sound keypoints",
            "exchanged by mistake", "recordings harmed"]  # fmt: skip
    return (
        "\n## Exchanges found, missed and imagined\n\nOf `swap-sides`, two phones and 15 bursts a"
        f" minute of 0.15 s in the mean; {', '.join(_COURSES)}; counted per keypoint and frame."
        "\n\n" + table(head, rows)
    )


@cache
def _seen(number: int, motion: MotionModel, more: str, rate: float) -> Markers:
    errors = Chain((two_phones(), parse_camera(more)))
    return record(PEOPLE.subject(number), motion, errors, rate, ("exchanges",)).keypoints


def _counted(
    people: int, parts: tuple[str, ...], more: str, rate: float, change: Change
) -> list[str]:
    films = planted = righted = sound = wronged = harmed = 0
    for number in range(1, people + 1):
        for motion in _COURSES.values():
            truth = change(_seen(number, motion, more, rate))
            fault = SideSwaps(15.0, 0.15, parts) if parts else Chain()
            seen = fault(truth, str(number), type(motion).__name__)
            after = SwapSides()(seen)
            was, still = _unlike(seen, truth), _unlike(after, truth)
            films += 1
            planted += int(was.sum())
            righted += int((was & ~still).sum())
            sound += int((~was).sum())
            wronged += int((still & ~was).sum())
            harmed += bool((still & ~was).any())
    share = f"{righted} ({100 * righted / planted:.1f} %)" if planted else "–"
    alarm = f"{wronged} ({100 * wronged / sound:.3f} %)"
    return [str(films), str(planted), share, str(sound), alarm, str(harmed)]


def _unlike(one: Markers, other: Markers) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(n_frames, n_keypoints): positions that differ, gaps being alike."""
    same = (one.positions == other.positions) | (one.missing & other.missing)[..., None]
    return np.asarray(~same.all(axis=2))
