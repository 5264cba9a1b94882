"""FastScaler beside ScaleTool."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from kinebench.core.marker_sets import OPTICAL_MARKERS
from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.results import ScalingResult
from kinebench.core.subject import Subject
from kinebench.errors import KinebenchWarning, ScalingError
from kinebench.io.models import read_document, read_model
from kinebench.io.setups import read_time_range
from kinebench.io.trc import read_trc
from kinebench.kinematics import marker_jacobian, marker_positions, read_tree
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.lean_model import lean_template
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.placement_gap import PlacementGap, placement_gap
from kinebench.scaling.placer import placed_markers
from kinebench.scaling.window import GivenWindow, StaticWindow

Numbers = Callable[[Model], dict[str, list[float]]]
MakeSetup = Callable[..., Document]

WINDOW = GivenWindow(0.2, 0.5)


def assert_same_size(fast: Model, tool: Model, numbers: Numbers) -> None:
    """Every number of the kinematic part equals ScaleTool's, markers aside."""
    found, reference = numbers(fast), numbers(tool)
    for key, values in found.items():
        if "/Marker:" not in key:
            assert values == pytest.approx(reference[key], rel=1e-9, abs=1e-300), key


def places(model: Model) -> dict[str, np.ndarray]:
    return {marker.name: marker.location for marker in read_tree(model).markers}


def assert_same_placement(
    scaler: FastScaler, generic: Model, static: Markers, tool: ScalingResult
) -> None:
    """Placed at the tool's own static pose, markers agree within 0.01 mm."""
    problem = scaler.placing_problem(generic, static)
    pose = tool.static_pose.select(problem.tree.coordinate_names).values[0]
    fixed = lean_template(generic, scaler.marker_set).fixed
    placed = placed_markers(problem.tree, np.array(pose), problem.targets, fixed)
    reference = places(tool.model)
    assert placed.keys() == reference.keys()
    for name, location in placed.items():
        assert np.abs(location - reference[name]).max() < 1e-5, name


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "masses with volume": {"preserve": False},
    "given sizes last": {
        "order": "measurements manualScale", "manual": (("thigh", "1.2 1.1 0.9"),)
    },
    "given sizes only": {"order": "manualScale", "manual": (("shank", "1.2 1.1 0.9"),)},
    "no coordinate_targets": {"coordinate_targets": ()},
    "weights": {"weights": {"knee": 50.0, "toe": 0.0}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "window"),
    [(case, (0.2, 0.5)) for case in CASES]
    + [("plain", (0.20001, 0.50001)), ("plain", (11 / 60, 31 / 60)), ("plain", (0.9, 1.0))],
)
def test_equals_scale_tool_but_for_its_early_stop(
    leg: Model,
    standing: Markers,
    person: Subject,
    make_setup: MakeSetup,
    numbers: Numbers,
    case: str,
    window: tuple[float, float],
) -> None:
    setup = make_setup(**CASES[case])
    scaler = FastScaler(setup, window=GivenWindow(*window))
    fast = scaler(leg, standing, person)
    tool = OpenSimScaler(setup, window=GivenWindow(*window))(leg, standing, person)
    assert_same_size(fast.model, tool.model, numbers)
    assert_same_placement(scaler, leg, standing, tool)
    gap = placement_gap(scaler.placing_problem(leg, standing), fast, tool)
    assert 1.0 - 1e-9 <= gap.cost_ratio < 1.05
    assert fast.window_s == tool.window_s
    assert fast.marker_names == tool.marker_names
    assert np.abs(fast.marker_errors - tool.marker_errors).max() < 3e-3
    assert fast.static_pose.times.tolist() == [window[0]]


def test_gaps_are_treated_as_scale_tool_does(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup, numbers: Numbers
) -> None:
    positions = np.array(standing.positions)
    positions[14:16, standing.names.index("hip")] = np.nan
    positions[15, standing.names.index("sh1")] = np.nan
    static = standing.with_positions(positions)
    scaler = FastScaler(make_setup(), window=WINDOW)
    with pytest.warns(KinebenchWarning, match="measurement thigh is not used"):
        fast = scaler(leg, static, person)
    tool = OpenSimScaler(make_setup(), window=WINDOW)(leg, static, person)
    assert_same_size(fast.model, tool.model, numbers)
    with pytest.warns(KinebenchWarning, match="measurement thigh"):
        assert_same_placement(scaler, leg, static, tool)


def test_markers_that_are_not_shared_are_left_out(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    more = standing.rename({"toe": "nose"})
    fast = FastScaler(make_setup(), window=WINDOW)(leg, more, person)
    tool = OpenSimScaler(make_setup(), window=WINDOW)(leg, more, person)
    assert list(places(fast.model)) == list(places(tool.model))
    assert fast.marker_names == tool.marker_names


def test_result_tells_what_was_done(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    result = FastScaler(make_setup(), window=WINDOW)(leg, standing, person)
    assert result.model.name == "leg_scaled"
    assert result.body_scale_factors["foot"][0] == result.body_scale_factors["foot"][1] != 1.0
    # geometry that was not drawn in its true size does not disturb the factors
    assert result.body_scale_factors["thigh"] == result.body_scale_factors["cap"]
    assert "meta" not in result.marker_names  # fixed
    tree = read_tree(result.model)
    problem = FastScaler(make_setup(), window=WINDOW).placing_problem(leg, standing)
    reached = marker_positions(tree, result.static_pose.values[0])
    for name, place in zip(tree.marker_names, reached, strict=True):
        if name != "meta":
            assert place == pytest.approx(problem.targets[name], abs=1e-12)
    before = marker_positions(problem.tree, result.static_pose.values[0], result.marker_names)
    measured = np.array([problem.targets[name] for name in result.marker_names])
    apart = np.linalg.norm(before - measured, axis=1)
    assert result.marker_errors == pytest.approx(apart, abs=1e-12)


def test_unplaced_model_has_all_markers(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    scaler = FastScaler(make_setup(), window=WINDOW)
    fewer = standing.select([name for name in standing.names if name != "sh1"])
    found = places(scaler.scaled_model(leg, fewer, person))
    tree = scaler.placing_problem(leg, fewer).tree
    assert found.keys() == {marker.name for marker in tree.markers} >= {"sh1"}
    for marker in tree.markers:
        assert found[marker.name] == pytest.approx(marker.location, abs=1e-15)


def test_complete_model_keeps_what_a_lean_one_leaves_out(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup, numbers: Numbers
) -> None:
    scaler = FastScaler(make_setup(), window=WINDOW)
    static = standing.select([name for name in standing.names if name not in ("sh1", "toe")])
    lean = scaler(leg, static, person)
    whole = replace(scaler, complete=True)(leg, static, person)
    assert b"<CoordinateActuator" in whole.model.xml
    assert b"<CoordinateActuator" not in lean.model.xml
    assert whole.static_pose == lean.static_pose
    reference = numbers(whole.model)
    for key, values in numbers(lean.model).items():
        assert values == pytest.approx(reference[key], rel=1e-12, abs=1e-300), key
    assert list(places(whole.model)) == list(places(lean.model))


def test_other_markers_come_from_a_marker_set(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    text = leg.xml.decode()
    markers = text[text.index("<MarkerSet") : text.index("</MarkerSet>") + 12]
    document = Document(
        "markers",
        f'<OpenSimDocument Version="40000">{markers.replace("0.2 0.01 0.01", "0.25 0.01 0.01")}'
        "</OpenSimDocument>".encode(),
    )
    usual = FastScaler(make_setup(), window=WINDOW)(leg, standing, person)
    other = FastScaler(make_setup(), document, WINDOW)(leg, standing, person)
    assert other.body_scale_factors["foot"][0] < usual.body_scale_factors["foot"][0]


def test_a_nested_frame_is_scaled_in_its_own_axes(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup, numbers: Numbers
) -> None:
    before, after = leg.xml.decode().split('<BallJoint name="hip">')
    after = after.replace(
        '<frames><PhysicalOffsetFrame name="pelvis_offset"><socket_parent>/bodyset/pelvis<',
        '<frames><PhysicalOffsetFrame name="outer"><socket_parent>/bodyset/pelvis</socket_parent>'
        "<translation>-0.02 -0.03 0.04</translation><orientation>0.3 0.2 0.1</orientation>"
        '</PhysicalOffsetFrame><PhysicalOffsetFrame name="pelvis_offset">'
        "<socket_parent>/jointset/hip/outer<",
        1,
    )
    generic = Model("leg", f'{before}<BallJoint name="hip">{after}'.encode())
    scaler = FastScaler(make_setup(), window=WINDOW)
    fast = scaler(generic, standing, person)
    tool = OpenSimScaler(make_setup(), window=WINDOW)(generic, standing, person)
    assert_same_size(fast.model, tool.model, numbers)
    assert_same_placement(scaler, generic, standing, tool)


def test_odd_setups_are_told(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    names = {"ankle": "R_ankle", "mankle": "L_mankle"}
    text = make_setup().xml.decode()
    for old, new in names.items():
        text = text.replace(f"{old} ", f"{new} ").replace(f" {old}<", f" {new}<")
    setup = Document("leg_setup", text.encode())
    generic = leg.xml.decode()
    for old, new in names.items():
        generic = generic.replace(f'"{old}"', f'"{new}"')
    model = Model("leg", generic.replace('PinJoint name="R_ankle"', 'PinJoint name="a"').encode())
    with pytest.warns(KinebenchWarning, match="between R_ankle and L_mankle: these markers"):
        FastScaler(setup, window=WINDOW)(model, standing.rename(names), person)


def test_lost_measurements_are_told(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    fewer = standing.select([name for name in standing.names if name != "calc"])
    with pytest.warns(KinebenchWarning, match="no complete marker pair for foot, which"):
        FastScaler(make_setup(), window=WINDOW)(leg, fewer, person)


def test_a_marker_must_show_once(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    positions = np.array(standing.positions)
    positions[5:40, standing.names.index("toe")] = np.nan
    with pytest.raises(ScalingError, match=r"window 0\.2 to 0\.5 s has no frame with toe"):
        FastScaler(make_setup(), window=WINDOW)(leg, standing.with_positions(positions), person)


def test_opensim_is_not_imported() -> None:
    """Lean scaling must start fast in a fresh process."""
    code = (
        "import sys, kinebench.scaling.fast_scaler, kinebench.pipeline.engines;"
        "assert not {'opensim', 'numba', 'tensorflow'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_gap_between_placements(
    leg: Model, standing: Markers, person: Subject, make_setup: MakeSetup
) -> None:
    scaler = FastScaler(make_setup(), window=WINDOW)
    problem = scaler.placing_problem(leg, standing)
    best = scaler(leg, standing, person)
    same = placement_gap(problem, best, best)
    assert same.cost_ratio == 1.0
    assert not same.coordinate_differences.any()
    assert not same.marker_displacements.any()
    values = np.array(best.static_pose.values)
    names = best.static_pose.names
    values[0, names.index("hip2")] += 0.02
    values[0, names.index("turn")] += 2 * np.pi - 0.01
    values[0, names.index("tz")] -= 0.005
    other = replace(best, static_pose=replace(best.static_pose, values=values), model=leg)
    gap = placement_gap(problem, best, other)
    assert gap.cost_ratio > 1.0
    assert gap.coordinate_names[:3] == ("hip2", "turn", "tz")
    assert gap.coordinate_differences[:3] == pytest.approx([0.02, -0.01, -0.005])
    assert "cap" not in gap.coordinate_names  # no marker feels it
    apart = np.linalg.norm(places(best.model)["toe"] - places(leg)["toe"])
    assert gap.marker_displacements[gap.marker_names.index("toe")] == apart
    assert (np.diff(gap.marker_displacements) <= 0).all()


def test_ratio_of_no_cost() -> None:
    nothing = np.empty(0)
    assert np.isnan(PlacementGap(0.0, 0.0, (), nothing, (), nothing).cost_ratio)
    assert PlacementGap(1.0, 0.0, (), nothing, (), nothing).cost_ratio == np.inf


@pytest.fixture(scope="module")
def public(mirror_file: Callable[[str], Path]) -> Callable[[str], tuple[Any, ...]]:
    """Real static trials: set-up, marker set, window, generic model, static, subject."""
    pipeline = "opensimPipeline"

    def case(name: str) -> tuple[Any, ...]:
        lai = read_model(mirror_file(f"{pipeline}/Models/LaiUhlrich2022.osim"))
        folder = f"{pipeline}/Scaling/Setup_scaling_LaiUhlrich2022"
        if name == "subject 4":
            setup = read_document(mirror_file(f"{folder}_Mocap.xml"))
            markers = read_document(
                mirror_file(f"{pipeline}/Models/LaiUhlrich2022_markers_mocap.xml")
            )
            static = read_trc(mirror_file("Subject4/MarkerData/static1.trc"))
            window = StaticWindow(OPTICAL_MARKERS, None)
            return setup, markers, window, lai, static, Subject(70.0, 1.7)
        base = "OpenSimData/Model/LaiArnoldModified2017_poly_withArms_weldHand"
        own = mirror_file(f"subject0/{base}_setup_scale.xml")
        span = read_time_range(own)
        assert span is not None
        static = read_trc(mirror_file("subject0/MarkerData/neutral.trc"))
        person = Subject(72.0, 1.78)
        if name == "subject 0, own":
            generic = read_model(mirror_file(f"subject0/{base}_generic.osim"))
            return read_document(own), None, GivenWindow(*span), generic, static, person
        ending = {"subject 0": "", "subject 0, any pose": "_any_pose"}[name]
        setup = read_document(mirror_file(f"{folder}{ending}.xml"))
        markers = read_document(
            mirror_file(f"{pipeline}/Models/LaiUhlrich2022_markers_augmenter.xml")
        )
        return setup, markers, GivenWindow(*span), lai, static, person

    return case


@pytest.mark.mirror
@pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")  # known slips
@pytest.mark.parametrize(
    "name", ["subject 0, own", "subject 0", "subject 0, any pose", "subject 4"]
)
def test_real_static_trials(
    public: Callable[[str], tuple[Any, ...]], numbers: Numbers, name: str
) -> None:
    setup, markers, window, generic, static, person = public(name)
    scaler = FastScaler(setup, markers, window)
    fast = scaler(generic, static, person)
    tool = OpenSimScaler(setup, markers, window)(generic, static, person)
    assert_same_size(fast.model, tool.model, numbers)
    assert_same_placement(scaler, generic, static, tool)
    gap = placement_gap(scaler.placing_problem(generic, static), fast, tool)
    assert 1.0 <= gap.cost_ratio < 2.0
    # the tool stops early on every one of these
    assert np.degrees(abs(gap.coordinate_differences[0])) > 5
    assert 5e-4 < gap.marker_displacements[0] < 0.02
    assert fast.static_pose.names == tool.static_pose.names


@pytest.mark.mirror
def test_a_real_static_pose_is_the_optimum(public: Callable[[str], tuple[Any, ...]]) -> None:
    """Within 0.01° of what scipy finds from ScaleTool's own pose."""
    setup, markers, window, generic, static, person = public("subject 0, own")
    scaler = FastScaler(setup, markers, window)
    fast = scaler(generic, static, person).static_pose.values[0]
    tool = OpenSimScaler(setup, markers, window)(generic, static, person).static_pose
    problem = scaler.placing_problem(generic, static)
    tree, names = problem.tree, tuple(problem.weights)
    weights = np.array([problem.weights[name] for name in names])
    weights = np.sqrt(weights / weights.sum())[:, None]
    measured = np.array([problem.targets[name] for name in names])
    felt = [i for i in tree.free if not tree.coordinate_names[i].startswith("mtp")]
    low, high = np.array([tree.coordinates[i].limits for i in felt]).T
    coordinate_targets = np.zeros((len(problem.coordinate_targets), len(felt)))
    wished = np.array([value for _, value in problem.coordinate_targets.values()])
    for row, (index, (weight, _)) in enumerate(problem.coordinate_targets.items()):
        coordinate_targets[row, felt.index(index)] = np.sqrt(weight)

    def full(x: np.ndarray) -> np.ndarray:
        q = np.array(fast)
        q[felt] = x
        return q

    def residuals(x: np.ndarray) -> np.ndarray:
        missed = weights * (marker_positions(tree, full(x), names) - measured)
        return np.append(missed, coordinate_targets @ x - coordinate_targets.max(axis=1) * wished)

    def slopes(x: np.ndarray) -> np.ndarray:
        J = weights[..., None] * marker_jacobian(tree, full(x), names)[..., felt]
        return np.concatenate([J.reshape(-1, len(felt)), coordinate_targets])

    start = np.clip(tool.select(tree.coordinate_names).values[0][felt], low + 1e-9, high - 1e-9)
    solution = least_squares(
        residuals, start, slopes, bounds=(low, high), xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    assert problem.cost(fast) == pytest.approx(2 * solution.cost, rel=1e-9)
    assert np.degrees(np.abs(solution.x - fast[felt]).max()) < 0.01


@pytest.mark.mirror
def test_complete_models_equal_scale_tools_to_the_last_number(
    public: Callable[[str], tuple[Any, ...]], numbers: Numbers
) -> None:
    """Muscle paths, wrap objects, fibre and tendon lengths included; markers before placing."""
    setup, markers, window, generic, static, person = public("subject 0, own")
    static = static.with_positions(np.round(static.positions, 10))
    whole = FastScaler(setup, markers, window, complete=True)
    tool = OpenSimScaler(setup, markers, window)(generic, static, person)
    found, reference = numbers(whole.scaled_model(generic, static, person)), numbers(tool.model)
    assert found.keys() >= reference.keys()
    assert sum("tendon_slack_length" in key for key in reference) == 80
    for key, values in reference.items():
        if "/Marker:" not in key:
            assert values == pytest.approx(found[key], rel=1e-12, abs=1e-300), key


@pytest.mark.mirror
@pytest.mark.parametrize("name", ["subject 0", "subject 0, any pose"])
def test_the_models_own_markers_bring_it_back(
    public: Callable[[str], tuple[Any, ...]], name: str
) -> None:
    """A static trial that the model fits exactly leaves the model as it was."""
    setup, markers, _, generic, _, person = public(name)
    tree = lean_template(generic, markers).tree
    q = tree.defaults
    for side in "rl":  # what the set-up coordinate_targets for
        q[tree.coordinate_index(f"ankle_angle_{side}")] = 0.087266462599716474
    positions = np.repeat(marker_positions(tree, q)[None], 3, axis=0)
    static = Markers(tree.marker_names, np.arange(3) / 60, positions)
    result = FastScaler(setup, markers, GivenWindow(0.0, 0.02))(generic, static, person)
    # no measurement spans the ankle, so its angle shows in no factor
    assert np.abs(np.array(list(result.body_scale_factors.values())) - 1).max() < 1e-12
    assert np.degrees(np.abs(result.static_pose.values[0] - q).max()) < 1e-6
    back = places(result.model)
    for marker in tree.markers:
        assert back[marker.name] == pytest.approx(marker.location, abs=1e-9)


@pytest.mark.parametrize("place", [(10.0, 0.0, 0.0), (-60.0, 0.5, 40.0), (0.0, 0.0, 2000.0)])
def test_the_scaled_model_does_not_depend_on_where_one_stands(
    leg: Model,
    make_setup: MakeSetup,
    standing: Markers,
    person: Subject,
    place: tuple[float, float, float],
) -> None:
    scale = FastScaler(make_setup(), None, WINDOW)
    here = scale(leg, standing, person)
    there = scale(leg, standing.with_positions(standing.positions + np.array(place)), person)
    found, expected = places(there.model), places(here.model)
    for name, location in expected.items():
        np.testing.assert_allclose(found[name], location, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(there.marker_errors, here.marker_errors, atol=1e-6)
