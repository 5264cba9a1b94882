"""The laboratory is proven: what a pipeline makes of true markers, beside what it must make.

Prints a table and writes it to `proof.md`, beside this file. Takes about five minutes. With
OpenCap's files (in the cache, in the mirror that KINEBENCH_MIRROR names, or from the network) the
table covers LaiUhlrich2022 too.

    python -m benchmarks.laboratory.proof [SUBJECTS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.laboratory.faults import lags, offsets, tilts
from benchmarks.laboratory.measures import (
    CLASSES,
    IDEAL,
    MOTIONS,
    Agreement,
    Bench,
    beside_optimum,
    laboratory,
    opencap,
    quiet,
    subjects,
    with_scale_tool,
    with_scaler,
    with_true_model,
)
from kinebench.errors import DatasetError
from kinebench.lab import STATIC_POSES, StaticPose, VirtualSubject
from kinebench.lab.camera import Lag, VerticalOffset, WorldTilt
from kinebench.lab.motions import MotionModel, Standing

AVERAGE = VirtualSubject("average", "male", 1.70, 70.0)
TALL_AND_SHORT = (
    VirtualSubject("tall", "male", 1.82, 80.0),
    VirtualSubject("short", "female", 1.60, 60.0),
)
SQUAT_AND_ARMS = (MOTIONS[0], MOTIONS[3])
TOOL_POSES: Mapping[str, MotionModel] = {
    "ideal": IDEAL,
    "right knee 8°": STATIC_POSES["right knee 8°"],
    "elbows bent": STATIC_POSES["elbows bent"],
    "standing at ease": Standing(duration_s=1.5, sway_m=0.0),
}
FLEXED = {name: STATIC_POSES[name] for name in ("knees 20°", "right knee 15°")}
EXPECTED = {"upright": "0.4–0.55° at the knee", "any pose": "2–5.8° at hip and knee"}
ANGLES = ("knee_angle", "hip_flexion", "ankle_angle", "subtalar_angle", "lumbar_extension")


class Row(NamedTuple):
    """A line of the table."""

    what: str
    case: str
    bar: str
    measured: str


def true_models(bench: Bench, count: int) -> Iterator[Row]:
    """Inverse kinematics with the true model."""
    found = with_true_model(bench, subjects(bench, "markers stuck on", count))
    yield Row(
        "1. true model",
        f"{bench.name}; {count} subjects × {len(MOTIONS)} motions",
        "1e-5°",
        f"{found.angle_deg:.1e}° ({found.angle}), pelvis {found.position_mm:.1e} mm",
    )


def scaled_models(bench: Bench, count: int) -> Iterator[Row]:
    """The exact scaler on the ideal static pose, by class of subjects."""
    for setup in bench.scaling:
        for kind in CLASSES:
            people = subjects(bench, kind, count)
            found = with_scaler(bench, setup, people, SQUAT_AND_ARMS)
            met = found.angle_deg < 0.01 and found.marker_mm < 0.05
            yield Row(
                "2. exact scaler, ideal static pose",
                f"{bench.name}, {setup}; {kind}",
                "0.01°, 0.05 mm",
                f"{found.angle_deg:.2g}° ({found.angle}), {found.marker_mm:.2g} mm"
                + ("" if met else "; why: next row"),
            )
            if not met:
                both = [beside_optimum(bench, setup, person) for person in people]
                yield _agreement("   as predicted", f"{bench.name}, {setup}; {kind}", both)


def _agreement(what: str, case: str, found: list[Agreement]) -> Row:
    same = [a for a in found if abs(a.excess) < 1e-6]
    others = [a for a in found if abs(a.excess) >= 1e-6]
    text = "none in the same minimum"
    if same:
        text = (
            f"{len(same)} of {len(found)} within {max(a.angles_deg for a in same):.1e}°"
            f" (static pose {max(a.pose_deg for a in same):.1e}°,"
            f" markers {max(a.places_mm for a in same):.1e} mm)"
        )
    for other in others:
        text += (
            f"; one in another minimum, {100 * other.excess:+.3f} % of the cost,"
            f" {other.angles_deg:.2g}° apart"
        )
    return Row(what, case, "the independent optimum", text)


def factors(bench: Bench, count: int) -> Iterator[Row]:
    """Scale factors when markers sit nominally and the static pose is the default."""
    for kind in ("measurable", "own proportions"):
        people = subjects(bench, kind, count)
        found = with_scaler(bench, "any pose", people, MOTIONS[:1]).factors
        large = {name: value for name, value in found.items() if value >= 1e-3}
        named = ", ".join(f"{name} {100 * value:.2f} %" for name, value in large.items())
        yield Row(
            "4. scale factors, nominal markers",
            f"{bench.name}; {kind}",
            "0.1 %",
            f"{100 * max(set(found.values()) - set(large.values())):.2g} %"
            + (f" but for {named}" if named else ""),
        )


def scale_tool(bench: Bench, complete: bool) -> Iterator[Row]:
    """ScaleTool's own error: its angles less those of the optimum, of two subjects the larger."""
    name = "LaiUhlrich2022, complete" if complete else bench.name
    for setup in bench.scaling:
        for pose, static in TOOL_POSES.items():
            both = [with_scale_tool(bench, setup, p, static, complete) for p in TALL_AND_SHORT]
            own = [
                f"{angle.split('_')[0]} {max((e.own(angle) for e in both), key=abs):+.2f}°"
                for angle in ANGLES
            ]
            yield Row(
                "3. ScaleTool's own error",
                f"{name}, {setup}; {pose}",
                EXPECTED[setup] if complete else "printed",
                ", ".join(own),
            )


def fault_sizes(bench: Bench, setup: str) -> Iterator[Row]:
    """Faults come back in the size they were put in."""
    (person,) = subjects(bench, "measurable", 1)
    for name, fault in (
        ("forwards", WorldTilt(forward_deg=2.0)), ("sideways", WorldTilt(sideways_deg=2.0)),
    ):  # fmt: skip
        tilt = tilts(bench, person, fault, setup)
        yield Row(
            "5. world tilt",
            f"{bench.name}; 2° {name}",
            "2°",
            f"pelvis {tilt.pelvis:+.6f}°, other angles {tilt.unexplained:.1e}°;"
            f" Level finds {tilt.levelled_away:+.3f}°, leaves {tilt.left:.2g}°",
        )
    height = offsets(bench, person, VerticalOffset(10.0), setup)
    yield Row(
        "5. vertical offset",
        f"{bench.name}; 10 mm",
        "10 mm",
        f"pelvis_ty {height.pelvis:+.6f} mm; FloorOffset takes {height.shift:+.6f} mm, leaves"
        f" {height.left:.1e} mm; angles {height.angles_deg:.1e}°",
    )
    late = lags(bench, person, Lag(20.0), setup)
    yield Row(
        "5. lag",
        f"{bench.name}; 20 ms",
        "20 ms",
        f"by signal {late.by_signal_ms:.4f} ms, by least error {late.by_error_ms:.4f} ms; RMS error"
        f" {late.before_deg:.2f}° before, {late.after_deg:.1e}° after",
    )


def flexed(bench: Bench, count: int) -> Iterator[Row]:
    """Flexed static poses: the run's offset of the right knee, and the predicted one."""
    for setup in bench.scaling:
        for pose, static in FLEXED.items():
            yield _flexed(bench, setup, pose, static, count)


def _flexed(bench: Bench, setup: str, pose: str, static: StaticPose, count: int) -> Row:
    people = (AVERAGE, *subjects(bench, "markers stuck on", count))
    found = [beside_optimum(bench, setup, person, static) for person in people]
    got, predicted = found[0].offsets_deg["knee_angle_r"]
    row = _agreement("6. flexed static pose", f"{bench.name}, {setup}; {pose}", found)
    return row._replace(
        measured=f"right knee, average subject, mean of three frames {got:+.6f}° (predicted"
        f" {predicted:+.6f}°);"
        f" all angles: {row.measured}"
    )


def rows(count: int) -> Iterator[Row]:
    """The whole table."""
    benches = [(laboratory(), "upright")]
    try:
        benches.append((opencap(), "any pose"))
    except DatasetError as error:
        print(f"LaiUhlrich2022 is left out: {error}")
    for bench, setup in benches:
        yield from true_models(bench, count)
        yield from scaled_models(bench, count)
        yield from scale_tool(bench, complete=False)
        if bench.trunk_with_pelvis:
            yield from scale_tool(bench, complete=True)
        yield from factors(bench, count)
        yield from fault_sizes(bench, setup)
        yield from flexed(bench, count)


INTRODUCTION = """# The laboratory is proven

True markers in the place of an augmenter, no camera error, {count} subjects of the population.
Written by `proof.py`; `tests/conformance/laboratory` holds the same measures to the bars.

- *measurable*: subjects whose body the scaling set-up can represent. A marker pair that spans two
  segments measures neither when they differ: the laboratory's set-up measures upper arms from the
  acromion (trunk) to the elbow, and shanks and forearms from a marker on the segment above;
  OpenCap's measures the trunk from the hips to the shoulders. Markers sit at nominal places.
- *legs differ*: the same, with legs of different length. They stand with a listed pelvis and a
  bent trunk, which the upright set-up pulls straight.
- *own proportions*: every segment differs. *markers stuck on*: the population, markers beside their
  nominal places (5 mm per axis, 10 mm on thigh and shank). No scaler that reads markers can know
  where they were stuck: that floor is not the solver's, as the rows "as predicted" show.
- *as predicted*: factors, static pose, marker places and angles solved a second time with SciPy
  (`optimum.py`), on three frames of a squat, from half-way down to its depth.
- *ScaleTool's own error*: mean error of an angle over a squat with ScaleTool's static pose, less
  that with the optimal one; of a tall and a short subject the larger.
- *upright* pulls the static pose to standing; *any pose* does not. LaiUhlrich2022 *complete* has
  its muscles and patellae; otherwise both are taken off.

| what | case | bar | measured |
|---|---|---|---|
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    quiet()
    text = INTRODUCTION.format(count=count)
    print(text, end="")
    for row in rows(count):
        line = f"| {' | '.join(row)} |\n"
        print(line, end="", flush=True)
        text += line
    Path(__file__).with_name("proof.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
