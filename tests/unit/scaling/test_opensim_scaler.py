from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model, ScalingResult, Subject
from kinebench.errors import KinebenchWarning, ModelError, ScalingError, ValueRangeError
from kinebench.osim.edits import document_root
from kinebench.quality.model import model_mass
from kinebench.scaling.given import GivenModel
from kinebench.scaling.opensim_scaler import OpenSimScaler
from kinebench.scaling.standing_window import StandingWindow
from kinebench.scaling.window import GivenWindow

SUBJECT = Subject(70.0, 1.75)
WINDOW = GivenWindow(0.1, 0.4)
FRAMES = np.ones(40)


@pytest.fixture(scope="module")
def static(leg_trial: Callable[..., Markers]) -> Markers:
    return leg_trial(0.05 * FRAMES, 0.1 * FRAMES, -0.2 * FRAMES, scale=1.1)


@pytest.fixture(scope="module")
def scaled(leg_model: Model, leg_setup: Document, static: Markers) -> ScalingResult:
    with pytest.warns(KinebenchWarning, match="no complete marker pair for foot"):
        return OpenSimScaler(leg_setup, None, WINDOW)(leg_model, static, SUBJECT)


def test_the_thigh_is_scaled_and_the_rest_is_not(scaled: ScalingResult) -> None:
    assert scaled.body_scale_factors["femur_r"] == pytest.approx((1.1, 1.1, 1.1), abs=1e-8)
    for body in ("pelvis", "tibia_r", "patella_r"):
        assert scaled.body_scale_factors[body] == (1.0, 1.0, 1.0)


def test_mass_is_the_subject_s_and_the_window_is_told(scaled: ScalingResult) -> None:
    assert model_mass(scaled.model) == pytest.approx(70.0, abs=1e-6)
    assert scaled.window_s == (0.1, 0.4)
    assert scaled.model.name == "leg_scaled"


def test_the_static_pose_is_found(scaled: ScalingResult) -> None:
    pose = dict(zip(scaled.static_pose.names, scaled.static_pose.values[0], strict=True))
    assert scaled.static_pose.n_frames == 1
    # the placer stops early, the earlier the nearer it starts: 4.3° off on exact markers
    assert pose["hip_flexion_r"] == pytest.approx(0.1, abs=0.08)
    assert pose["knee_angle_r"] == pytest.approx(-0.2, abs=0.03)


@pytest.mark.parametrize("place", [(9.0, 0.0, 0.0), (-40.0, 2.0, 0.0)])
def test_scaling_does_not_depend_on_where_one_stands(
    leg_model: Model,
    leg_setup: Document,
    static: Markers,
    scaled: ScalingResult,
    place: tuple[float, float, float],
) -> None:
    far = static.with_positions(static.positions + np.array(place))
    with pytest.warns(KinebenchWarning, match="no complete marker pair for foot"):
        found = OpenSimScaler(leg_setup, None, WINDOW)(leg_model, far, SUBJECT)
    assert found.body_scale_factors["femur_r"] == pytest.approx(
        scaled.body_scale_factors["femur_r"], abs=1e-7
    )
    np.testing.assert_allclose(found.marker_errors, scaled.marker_errors, atol=1e-5)
    here, there = (
        dict(zip(r.static_pose.names, r.static_pose.values[0], strict=True))
        for r in (scaled, found)
    )
    expected = here | {"pelvis_tx": here["pelvis_tx"] + place[0]}
    expected["pelvis_ty"] += place[1]
    assert there == pytest.approx(expected, abs=1e-3)


def test_exact_markers_leave_little_error(scaled: ScalingResult) -> None:
    assert set(scaled.marker_names) == {
        "ASIS", "PSIS", "SACRUM", "THIGH", "KNEE", "SHANK", "ANKLE", "TOE",
    }  # fmt: skip
    assert scaled.marker_errors.max() < 7e-3


def test_a_marker_that_sits_elsewhere_is_told_and_moved(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    positions = static.positions.copy()
    positions[:, static.names.index("TOE"), 2] += 0.03
    moved = static.with_positions(positions)
    with pytest.warns(KinebenchWarning):
        result = OpenSimScaler(leg_setup, None, WINDOW)(leg_model, moved, SUBJECT)
    errors = dict(zip(result.marker_names, result.marker_errors, strict=True))
    assert max(errors, key=errors.__getitem__) == "TOE"
    assert errors["TOE"] == pytest.approx(0.03, abs=1e-3)
    places = {
        marker.get("name"): marker.findtext("location", "")
        for marker in document_root(result.model).iterfind(".//MarkerSet/objects/Marker")
    }
    assert float(places["TOE"].split()[2]) == pytest.approx(0.08, abs=1e-3)


def test_two_runs_give_the_same_bytes(
    leg_model: Model, leg_setup: Document, static: Markers, scaled: ScalingResult
) -> None:
    with pytest.warns(KinebenchWarning):
        again = OpenSimScaler(leg_setup, None, WINDOW)(leg_model, static, SUBJECT)
    assert again.model.xml == scaled.model.xml


def test_frames_outside_the_window_do_not_matter(
    leg_model: Model, leg_setup: Document, static: Markers, scaled: ScalingResult
) -> None:
    positions = static.positions.copy()
    positions[:6] += 1.0
    positions[26:] += 1.0  # the tool itself looks one frame beyond the end of its range
    with pytest.warns(KinebenchWarning):
        again = OpenSimScaler(leg_setup, None, WINDOW)(
            leg_model, static.with_positions(positions), SUBJECT
        )
    np.testing.assert_allclose(again.marker_errors, scaled.marker_errors, atol=1e-6)


def test_a_slip_in_the_set_up_is_flagged(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    slip = {"THIGH": "R_hip", "KNEE": "L_knee"}
    renamed = static.rename(slip)
    text = leg_setup.xml.replace(b"THIGH KNEE", b"R_hip L_knee")
    model = Model(
        "leg", leg_model.xml.replace(b'"THIGH"', b'"R_hip"').replace(b'"KNEE"', b'"L_knee"')
    )
    with pytest.warns(KinebenchWarning) as caught:
        OpenSimScaler(Document("published", text), None, WINDOW)(model, renamed, SUBJECT)
    assert any("published measures between R_hip and L_knee" in str(w.message) for w in caught)


def test_a_marker_missing_all_through_the_window_is_named(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    positions = static.positions.copy()
    positions[:30, static.names.index("KNEE")] = np.nan
    with pytest.raises(ScalingError, match=r"window 0\.1 to 0\.4 s has no frame with KNEE"):
        OpenSimScaler(leg_setup, None, WINDOW)(leg_model, static.with_positions(positions), SUBJECT)


def test_a_window_outside_the_trial_is_refused(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    with pytest.raises(ValueRangeError, match="no frame lies between"):
        OpenSimScaler(leg_setup, None, GivenWindow(7, 8))(leg_model, static, SUBJECT)


def test_a_damaged_model_does_not_end_the_process(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    broken = Model("leg", leg_model.xml.replace(b"<location>0.1", b"<location>x"))
    with (
        pytest.warns(KinebenchWarning),
        pytest.raises(ModelError, match="leg is damaged: location of ASIS"),
    ):
        OpenSimScaler(leg_setup, None, WINDOW)(broken, static, SUBJECT)


def test_opensim_s_reason_reaches_the_user(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    strange = Model("leg", leg_model.xml.replace(b"PinJoint", b"MagicJoint"))
    with (
        pytest.warns(KinebenchWarning),
        pytest.raises(ScalingError, match=r"ScaleTool failed: .*MagicJoint"),
    ):
        OpenSimScaler(leg_setup, None, WINDOW)(strange, static, SUBJECT)


def test_a_given_model_is_passed_on(leg_model: Model, static: Markers) -> None:
    result = GivenModel(leg_model)(leg_model, static, SUBJECT)
    assert result.model is leg_model
    assert np.isnan(result.window_s).all()
    assert result.static_pose.n_frames == 0
    assert result.marker_errors.size == 0


def test_stages_are_values() -> None:
    assert StandingWindow() == StandingWindow()
    setup = Document("s", b"<OpenSimDocument/>")
    assert len({OpenSimScaler(setup), OpenSimScaler(setup)}) == 1


def test_markers_that_the_trial_lacks_are_left_where_they_are(
    leg_model: Model, leg_setup: Document, static: Markers
) -> None:
    without = static.select(name for name in static.names if name != "SACRUM")
    with pytest.warns(KinebenchWarning, match="no complete marker pair for foot"):
        found = OpenSimScaler(leg_setup, None, WINDOW)(leg_model, without, SUBJECT)
    assert set(found.marker_names) == set(without.names)
    assert found.body_scale_factors["femur_r"] == pytest.approx((1.1, 1.1, 1.1), abs=1e-8)
