"""True markers through the whole pipeline: truth comes back, and what does not is predicted.

The table of all subjects is `benchmarks/laboratory/proof.md`; here a few are held to the bars.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kinebench.lab import STATIC_POSES, Population, StaticPose, VirtualSubject, record
from kinebench.lab.camera import Lag, VerticalOffset, WorldTilt
from kinebench.lab.motions import ArmRaise, Squat

pytestmark = pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")

ANGLE_DEG, MARKER_MM = 0.01, 0.05  # bars of the exact scaler
TALL = VirtualSubject("tall", "male", 1.82, 80.0)
SQUAT_AND_ARMS = (Squat(repetitions=1), ArmRaise(repetitions=1))


# --- 1. the true model


def test_the_true_model_gives_true_angles(measure: ModuleType, bench: Any) -> None:
    found = measure.with_true_model(bench, Population().subjects(1))
    assert found.angle_deg < 1e-5
    assert found.position_mm < 1e-5
    assert found.marker_mm < 1e-5
    # nothing but the toes, on which no marker sits, escapes the comparison
    free = {c.name for c in bench.body.tree.coordinates if c.kind == "rotational" and not c.locked}
    assert set(found.angles_deg) == free


def test_only_toes_are_undetermined(measure: ModuleType, bench: Any) -> None:
    person = Population().subject(1)
    film = measure.filmed(bench.name, person, SQUAT_AND_ARMS[0])
    done = measure.run(bench, person, SQUAT_AND_ARMS[0], measure.GivenModel(film.model))
    assert set(done.solution.held) == {"mtp_angle_r", "mtp_angle_l"}
    assert done.solution.converged.all()
    assert done.remarks == ()


def test_a_wrong_model_does_not(measure: ModuleType) -> None:
    """The measure itself can fail: somebody else's model, by half a per cent."""
    bench = measure.laboratory()
    person, other = (VirtualSubject("p", "male", height, 70.0) for height in (1.75, 1.76))
    film = measure.filmed(bench.name, person, SQUAT_AND_ARMS[0])
    model = measure.filmed(bench.name, other, SQUAT_AND_ARMS[0]).model
    done = measure.run(bench, person, SQUAT_AND_ARMS[0], measure.GivenModel(model))
    found = measure.miss(done, film.true_motion, person.scale_factors())
    assert found.angle_deg > 0.1
    assert found.marker_mm > 1.0
    assert found.factor == pytest.approx(1.76 / 1.75 - 1, rel=1e-6)


# --- 2. and 4. the exact scaler


def test_the_exact_scaler_finds_whom_the_set_up_can_represent(
    measure: ModuleType, bench: Any
) -> None:
    assert_exact(measure, bench, "any pose")


def test_the_pull_of_the_laboratorys_upright_set_up_leaves_the_upright_alone(
    measure: ModuleType,
) -> None:
    assert_exact(measure, measure.laboratory(), "upright")


def assert_exact(measure: ModuleType, bench: Any, setup: str) -> None:
    people = measure.subjects(bench, "measurable", 1)
    found = measure.with_scaler(bench, setup, people, SQUAT_AND_ARMS)
    assert found.angle_deg < ANGLE_DEG
    assert found.marker_mm < MARKER_MM
    assert found.factor < 1e-3
    # and by far
    assert found.angle_deg < 1e-5
    assert found.factor < 1e-12


@pytest.mark.mirror
def test_opencaps_upright_set_up_gives_the_ankle_that_it_asks_for(
    measure: ModuleType, published: Any
) -> None:
    scale = measure.FastScaler(published.scaling["upright"])
    done = measure.run(published, TALL, SQUAT_AND_ARMS[0], scale)
    # 0.0873 rad are asked for, the subject has 0
    asked = np.degrees(done.scaling.static_pose.value("ankle_angle_r")[0])
    assert asked == pytest.approx(5.0, abs=0.1)
    truth = measure.filmed(published.name, TALL, SQUAT_AND_ARMS[0]).true_motion
    assert measure.mean_errors(done.motion, truth)["ankle_angle_r"] > 4.5


def test_legs_that_differ_need_a_set_up_without_pull(measure: ModuleType) -> None:
    bench = measure.laboratory()
    people = max(
        ([p] for p in measure.subjects(bench, "legs differ", 3)),
        key=lambda one: abs(one[0].thigh_r - one[0].thigh_l),
    )
    free = measure.with_scaler(bench, "any pose", people, SQUAT_AND_ARMS[:1])
    assert free.angle_deg < ANGLE_DEG
    assert free.marker_mm < MARKER_MM
    pulled = measure.with_scaler(bench, "upright", people, SQUAT_AND_ARMS[:1])
    assert pulled.angles_deg["lumbar_bending"] > 1.0
    assert pulled.factor < 1e-3


def test_own_proportions_cost_what_the_acromion_does(measure: ModuleType) -> None:
    """The upper arm is measured from a marker of the trunk: the rest has its factors."""
    bench = measure.laboratory()
    person = max(
        measure.subjects(bench, "own proportions", 4), key=lambda p: abs(p.upper_arm - p.trunk)
    )
    found = measure.with_scaler(bench, "any pose", [person], SQUAT_AND_ARMS)
    over = {name for name, error in found.factors.items() if error >= 1e-3}
    assert over == {"humerus_r", "humerus_l"}
    assert found.factors["humerus_r"] == pytest.approx(_expected_humerus_error(bench, person))
    assert found.angle_deg < 0.25
    assert found.marker_mm < 0.5


def _expected_humerus_error(bench: Any, person: VirtualSubject) -> float:
    """By geometry: acromion scaled with the trunk, joint to elbow with the arm."""
    tree = bench.body.tree
    place = {marker.name: marker.location for marker in tree.markers}
    joint = tree.joints[tree.body_index("humerus_r")].in_parent.p
    ratios = []
    for elbow in ("r_lelbow_study", "r_melbow_study"):
        above, below = joint - place["r_shoulder_study"], place[elbow]
        own = np.linalg.norm(person.trunk * above + person.upper_arm * below)
        ratios.append(own / np.linalg.norm(above + below))
    return abs(float(np.mean(ratios)) / person.upper_arm - 1)


@pytest.mark.parametrize("setup", ["upright", "any pose"])
def test_markers_stuck_on_cost_what_the_optimum_predicts(
    measure: ModuleType, bench: Any, setup: str
) -> None:
    found = measure.beside_optimum(bench, setup, Population().subject(1), count=1)
    assert_agreement(found)
    # there is something to predict
    assert max(abs(got) for got, _ in found.offsets_deg.values()) > 1.0


def assert_agreement(found: Any) -> None:
    assert found.factors < 1e-12
    assert abs(found.excess) < 1e-9
    assert found.pose_deg < 1e-4
    assert found.places_mm < 1e-4
    assert found.angles_deg < 1e-4


# --- 3. ScaleTool


@pytest.mark.parametrize("setup", ["upright", "any pose"])
def test_scale_tool_is_near_the_optimum_on_a_lean_model(
    measure: ModuleType, bench: Any, setup: str
) -> None:
    found = measure.with_scale_tool(bench, setup, TALL)
    assert max(abs(found.own(name)) for name in found.tool) < 0.2
    assert found.tool != found.exact


@pytest.mark.mirror
def test_scale_tool_errs_on_the_complete_model(measure: ModuleType, published: Any) -> None:
    upright = measure.with_scale_tool(published, "upright", TALL, complete=True)
    assert 0.3 < upright.own("knee_angle") < 0.6
    free = measure.with_scale_tool(published, "any pose", TALL, complete=True)
    assert 1.5 < free.own("knee_angle") < 6.0
    assert 1.5 < free.own("hip_flexion") < 6.0
    # while the exact scaler does not
    assert max(map(abs, free.exact.values())) < ANGLE_DEG


# --- 5. faults


@pytest.mark.parametrize(
    "asked", [WorldTilt(forward_deg=2.0), WorldTilt(sideways_deg=2.0)], ids=["forward", "sideways"]
)
def test_a_tilted_room_turns_the_pelvis_and_nothing_else(
    measure: ModuleType, fault: ModuleType, asked: WorldTilt
) -> None:
    bench = measure.laboratory()
    (person,) = measure.subjects(bench, "measurable", 1)
    found = fault.tilts(bench, person, asked, "upright")
    assert found.pelvis == pytest.approx(2.0, abs=0.01)
    assert found.unexplained < 1e-5
    # a vertical that leans backwards when the room's front is lifted; to the right sideways
    sign = -1 if asked.forward_deg else 1
    assert found.levelled_away == pytest.approx(2.0 * sign, abs=0.01)
    # levelling turns by the smallest rotation, which leaves a little heading
    assert found.left < 0.1


def test_a_raised_floor_lifts_the_pelvis_unless_it_is_taken_away(
    measure: ModuleType, fault: ModuleType
) -> None:
    bench = measure.laboratory()
    (person,) = measure.subjects(bench, "measurable", 1)
    found = fault.offsets(bench, person, VerticalOffset(10.0), "upright")
    assert found.pelvis == pytest.approx(10.0, abs=1e-6)
    assert found.shift == pytest.approx(-10.0, abs=1e-6)
    assert found.left < 1e-6
    assert found.angles_deg < 1e-5


@pytest.mark.parametrize("lag_ms", [20.0, -35.0])
def test_alignment_finds_the_lag(measure: ModuleType, fault: ModuleType, lag_ms: float) -> None:
    bench = measure.laboratory()
    (person,) = measure.subjects(bench, "measurable", 1)
    found = fault.lags(bench, person, Lag(lag_ms), "upright")
    assert found.by_signal_ms == pytest.approx(lag_ms, abs=0.1)
    assert found.by_error_ms == pytest.approx(lag_ms, abs=0.1)
    assert found.before_deg > 0.3
    assert found.after_deg < 1e-3


# --- 6. flexed static poses


@pytest.mark.parametrize(
    ("setup", "pose"),
    [("upright", "knees 20°"), ("upright", "right knee 15°"), ("any pose", "right knee 15°")],
)
def test_a_flexed_static_pose_costs_what_the_optimum_predicts(
    measure: ModuleType, bench: Any, setup: str, pose: str
) -> None:
    found = measure.beside_optimum(bench, setup, TALL, STATIC_POSES[pose], count=1)
    assert_agreement(found)
    knee, predicted = found.offsets_deg["knee_angle_r"]
    assert knee == pytest.approx(predicted, abs=1e-4)
    if setup == "upright":
        assert knee < -5.0
    else:
        assert abs(knee) < 0.5


# --- the second solution itself


def test_the_second_solution_finds_a_pose_that_fits(
    measure: ModuleType, second: ModuleType
) -> None:
    """Markers of a measurable body without pull: cost 0, the true pose, the true places."""
    bench = measure.laboratory()
    film = record(TALL, STATIC_POSES["right knee 15°"])
    start = film.true_motion.values[0] + np.radians(3.0)
    found = second.optimum(bench.body, bench.scaling["any pose"], film.true_markers, start)
    seen = [name for name in found.tree.coordinate_names if "mtp" not in name]
    true = film.true_motion.select(seen).values[0]
    columns = [found.tree.coordinate_names.index(name) for name in seen]
    np.testing.assert_allclose(found.static_pose[columns], true, atol=1e-8)
    assert found.cost_of(found.static_pose) < 1e-16
    truth = {marker.name: marker.location for marker in film.subject.body().tree.markers}
    for marker in found.tree.markers:
        np.testing.assert_allclose(marker.location, truth[marker.name], atol=1e-8)


def test_the_second_solution_is_a_minimum_within_the_ranges(
    measure: ModuleType, second: ModuleType
) -> None:
    bench = measure.laboratory()
    person = Population().subject(1)
    film = record(person, StaticPose())
    found = second.optimum(
        bench.body, bench.scaling["upright"], film.true_markers, film.true_motion.values[0]
    )
    tree, q = found.tree, found.static_pose
    limits = np.array([coordinate.limits for coordinate in tree.coordinates])
    assert ((q >= limits[:, 0]) & (q <= limits[:, 1])).all()
    # a knee that would bend backwards sits on its limit
    assert 0.0 in q[[tree.coordinate_index(f"knee_angle_{side}") for side in "rl"]]
    least = found.cost_of(q)
    steps = np.random.default_rng(4).normal(0.0, np.radians(0.5), (200, len(q)))
    nearby = np.clip(q + steps, limits[:, 0], limits[:, 1])
    assert min(found.cost_of(pose) for pose in nearby) > least


def test_the_second_solution_costs_no_more_than_scale_tools(
    measure: ModuleType, second: ModuleType
) -> None:
    """Both minimise one cost: OpenSim's answer is near the minimum, and never below."""
    bench = measure.laboratory()
    person = Population().subject(1)
    film = measure.filmed(bench.name, person, StaticPose())
    scale = measure.OpenSimScaler(bench.scaling["upright"])
    done = measure.run(bench, person, SQUAT_AND_ARMS[0], scale)
    found = second.optimum(
        bench.body, bench.scaling["upright"], film.true_markers, film.true_motion.values[0]
    )
    theirs = done.scaling.static_pose.select(found.tree.coordinate_names).values[0]
    ratio = found.cost_of(theirs) / found.cost_of(found.static_pose)
    assert 1.0 < ratio < 1.1
    for name, factors in found.factors.items():
        np.testing.assert_allclose(done.scaling.body_scale_factors[name], factors, rtol=1e-6)
