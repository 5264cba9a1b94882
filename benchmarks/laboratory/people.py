"""How much virtual people differ, beside published figures; how much noise seeds add.

Writes `people.md`. Repetitions are those of one trial (of a drop jump: trials); an angle's peak and
range are taken per repetition, from its true course.

    python -m benchmarks.laboratory.people [PEOPLE]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.motion import Motion
from kinebench.lab import PEOPLE
from kinebench.lab.motions import (
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
)
from kinebench.lab.movement import Performance

ANGLES = ("hip_flexion", "knee_angle", "ankle_angle", "pelvis_tilt", "lumbar_extension")
RATE_HZ = 50.0
MOTIONS: dict[str, tuple[MotionModel, int]] = {
    "squat": (Squat(repetitions=3), 1),
    "sit-to-stand": (SitToStand(repetitions=3), 1),
    "gait": (Gait(strides=4), 1),
    "counter-movement jump": (CounterMovementJump(repetitions=3), 1),
    "drop jump": (DropJump(), 3),
}
# published spread between people of the peak, deg, and where its order of size comes from; figures
# hold the placement of markers (3 to 5° between sessions), which the truth does not
PUBLISHED = {
    ("squat", "knee_angle"): "8 to 15 (Zawadka 2020 and others, free depth)",
    ("sit-to-stand", "knee_angle"): "5 to 10 (Nuzik 1986; one chair for all)",
    ("gait", "knee_angle"): "4 to 7 (Öberg 1994)",
    ("gait", "hip_flexion"): "5 to 7 (Öberg 1994)",
    ("gait", "ankle_angle"): "3 to 5 (Winter 1991)",
    ("counter-movement jump", "knee_angle"): "8 to 12 (assumed as of squats)",
    ("drop jump", "knee_angle"): "8 to 12 (Ford 2007)",
    ("squat", "pelvis_tilt"): "4 to 6 standing (Herrington 2011)",
}


def repetitions(motion: MotionModel, course: Motion) -> list[slice]:
    """Frames of each repetition: between the places where the knees are straightest."""
    count = getattr(motion, "strides", getattr(motion, "repetitions", 1))
    knee = (course.value("knee_angle_r") + course.value("knee_angle_l")) / 2
    if isinstance(motion, Gait):
        knee = course.value("knee_angle_r")
        edges = np.linspace(0, course.n_frames - 1, count + 1).round().astype(int)
    else:
        bent = knee > knee.min() + 0.4 * np.ptp(knee)
        starts = np.flatnonzero(bent[1:] & ~bent[:-1]) + 1
        ends = np.flatnonzero(~bent[1:] & bent[:-1]) + 1
        if isinstance(motion, SitToStand):
            # seated at both ends: from one time of sitting to the next
            edges = np.array([0, *((starts[:-1] + ends[1:]) // 2), course.n_frames - 1])
        else:
            gaps = np.sort(np.argsort(starts[1:] - ends[:-1])[::-1][: count - 1])
            edges = np.array([0, *((starts[1:] + ends[:-1]) // 2)[gaps], course.n_frames - 1])
    return [slice(int(a), int(b) + 1) for a, b in pairwise(edges)]


def figures(motion: MotionModel, course: Motion) -> FloatArray:
    """Peak and range (n_repetitions, n_angles, 2) in deg of the right side's angles."""
    sided = [a if a in course.names else f"{a}_r" for a in ANGLES]
    values = np.degrees([course.value(name) for name in sided])
    # flexion of pelvis and trunk is negative
    signs = np.array([1, 1, 1, -1, -1])[:, None]
    parts = [signs * values[:, frames] for frames in repetitions(motion, course)]
    return np.array([np.stack([p.max(axis=1), np.ptp(p, axis=1)], axis=1) for p in parts])


def measured(activity: str, count: int) -> tuple[list[FloatArray], list[float], FloatArray]:
    """Figures of every person; shares of what was drawn; knee right minus left at the peak."""
    template, trials = MOTIONS[activity]
    found, shares, sides = [], [], []
    for number in range(1, count + 1):
        person = PEOPLE["varied"].subject(number)
        body, own = person.body(), []
        for trial in range(trials):
            performance = person.performs(template, (activity, str(trial)))
            assert isinstance(performance, Performance)
            course, share = performance.performed(body, RATE_HZ)
            own.append(figures(template, course))
            shares.append(share)
            right, left = (course.value(f"knee_angle_{s}").max() for s in "rl")
            sides.append(np.degrees(right - left))
        found.append(np.concatenate(own))
    return found, shares, np.array(sides)


def rows(activity: str, found: list[FloatArray]) -> Iterator[str]:
    """A line per angle."""
    means = np.array([one.mean(axis=0) for one in found])
    within = np.sqrt(np.mean([one.var(axis=0, ddof=1) for one in found], axis=0))
    between = means.std(axis=0, ddof=1)
    for index, angle in enumerate(ANGLES):
        cells = [f"{means[:, index, k].mean():.0f} ± {between[index, k]:.1f}" for k in (0, 1)]
        inner = [f"{within[index, k]:.1f}" for k in (0, 1)]
        told = PUBLISHED.get((activity, angle), "")
        yield (
            f"| {activity} | {angle} | {cells[0]} | {inner[0]} | {cells[1]} | {inner[1]} | {told} |"
        )


INTRODUCTION = """# People of the laboratory

Written by `python -m benchmarks.laboratory.people {count}`: {count} people of
`kinebench.lab.PEOPLE["varied"]`, true angles of the right side. Between: standard deviation over
people of the mean over repetitions; within: over repetitions of a person. With the template
(`people = "template"`) both are 0 but for what leg lengths do (knee 0.1°).

Published figures give the order of size, and are rounded; they hold the differences in marker
placement as well, 3 to 5° between sessions, so that spreads of the truth should lie below them.
What no figure stands beside is an assumption (see `kinebench/lab/variability.py`).

| activity | angle | peak ± between, ° | within, ° | range ± between, ° | within, ° | published |
|---|---|---|---|---|---|---|
"""


def main(count: int) -> None:
    lines: list[str] = []
    notes: list[str] = []
    for activity in MOTIONS:
        found, shares, sides = measured(activity, count)
        lines += rows(activity, found)
        nearer = sum(share < 1 for share in shares)
        notes.append(
            f"| {activity} | {np.std(sides):.1f} | {np.mean(np.abs(sides)):.1f} | {nearer} of"
            f" {len(shares)} |"
        )
    text = INTRODUCTION.format(count=count) + "\n".join(lines)
    text += (
        "\n\nRight minus left knee at the peak; and trials whose drawn deviations the body could"
        " not do, which are\nbrought nearer to the template in steps of a fifth.\n\n"
        "| activity | SD of right − left, ° | mean size, ° | brought nearer |\n|---|---|---|---|\n"
    )
    Path(__file__).with_suffix(".md").write_text(text + "\n".join(notes) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
