"""Sampling rates, models, tasks, keypoint sets and errors."""

from __future__ import annotations

import hashlib
import pickle

import numpy as np
import pytest

from kinebench.core import Coordinate, Document, Markers, Model
from kinebench.core.ik_tasks import CoordinateTask, IKTasks
from kinebench.core.keypoints import (
    BODY_25,
    FACE,
    HRNET_23,
    OPENCAP_20,
    with_derived_keypoints,
    without_face,
)
from kinebench.core.sampling import is_uniform, sampling_rate, warn_if_not_uniform
from kinebench.errors import (
    KinebenchError,
    KinebenchWarning,
    ModelError,
    NameNotFoundError,
    ValueRangeError,
    require_names,
)


@pytest.mark.parametrize(("rate", "decimals"), [(60.0, 5), (100.0, 2), (29.97, 6), (240.0, 7)])
def test_rounded_time_stamps_give_the_rate(rate: float, decimals: int) -> None:
    times = np.round(np.arange(700) / rate, decimals)
    assert sampling_rate(times) == pytest.approx(rate, abs=2e-4)
    assert is_uniform(times)


def test_slow_sampling_has_a_rate_too() -> None:
    assert sampling_rate(np.array([0.0, 1e6])) == pytest.approx(1e-6)


def test_irregular_times() -> None:
    assert is_uniform(np.array([0.0]))
    assert is_uniform(np.array([0.0, 1.0, 2.04]))
    irregular = np.array([0.0, 1.0, 2.2])
    assert not is_uniform(irregular)
    with pytest.warns(KinebenchWarning, match="the filter assumes .* from 1 to 1.2 s"):
        warn_if_not_uniform(irregular, "the filter")


def test_documents_are_their_content() -> None:
    xml = b"<?xml version='1.0'?><OpenSimDocument Version='40000'><Model/></OpenSimDocument>"
    model = Model("gait", xml)
    assert model.digest == hashlib.sha256(xml).hexdigest()
    assert model != Document("gait", xml)
    assert hash(model) == hash(Model("gait", xml))
    with pytest.raises(ModelError, match="gait is no OpenSim file"):
        Model("gait", b"<html>404</html>")
    with pytest.raises(ModelError, match="setup is an OpenSim file, but holds no <Model>"):
        Model("setup", b"<OpenSimDocument><ScaleTool/></OpenSimDocument>")
    Document("setup", b"<OpenSimDocument><ScaleTool/></OpenSimDocument>")


def test_tasks_keep_order_and_drop_what_has_no_weight() -> None:
    tasks = IKTasks({"b": 2, "a": 1.0, "c": 0}, [CoordinateTask("knee", 0.1)])  # type: ignore[arg-type]
    assert tasks.marker_weights == (("b", 2.0), ("a", 1.0))
    assert tasks.weights == {"b": 2.0, "a": 1.0}
    assert tasks.coordinate_tasks == (CoordinateTask("knee", 0.1, None),)
    assert hash(tasks) == hash(pickle.loads(pickle.dumps(tasks)))


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_illegal_weights_are_refused(weight: float) -> None:
    with pytest.raises(ValueRangeError, match="weight of a must be finite and 0 or more"):
        IKTasks({"a": weight})  # type: ignore[arg-type]
    with pytest.raises(ValueRangeError, match="weight of knee"):
        IKTasks((), (CoordinateTask("knee", weight),))


def test_keypoint_sets() -> None:
    assert (len(BODY_25), len(OPENCAP_20), len(HRNET_23)) == (25, 20, 23)
    assert set(BODY_25) - set(OPENCAP_20) == FACE
    assert OPENCAP_20[:3] == ("Neck", "RShoulder", "RElbow")
    assert OPENCAP_20[-1] == "RHeel"
    assert set(BODY_25) - set(HRNET_23) == {"Neck", "midHip"}


def hrnet() -> Markers:
    positions = np.random.default_rng(5).normal(size=(4, 23, 3))
    positions[2, HRNET_23.index("LShoulder")] = np.nan
    return Markers(HRNET_23, np.arange(4.0), positions, frame="lab")


def test_neck_and_mid_hip_are_derived_with_a_warning() -> None:
    keypoints = hrnet()
    with pytest.warns(KinebenchWarning, match="Neck and midHip added as midpoint of RShoulder and"):
        complete = with_derived_keypoints(keypoints)
    assert set(complete.names) == set(BODY_25)
    assert complete.frame == "lab"
    neck = (keypoints.position("RShoulder") + keypoints.position("LShoulder")) / 2
    np.testing.assert_allclose(complete.position("Neck"), neck, atol=1e-15)
    assert complete.missing[:, complete.names.index("Neck")].tolist() == [False, False, True, False]
    hip = (keypoints.position("RHip") + keypoints.position("LHip")) / 2
    np.testing.assert_allclose(complete.position("midHip"), hip, atol=1e-15)
    assert set(without_face(complete).names) == set(OPENCAP_20)


def test_only_what_lacks_and_can_be_derived_is_added() -> None:
    neckless = hrnet().select(["RHip", "LHip", "RShoulder"])
    with pytest.warns(KinebenchWarning, match="^midHip added as midpoint of RHip and LHip$"):
        assert with_derived_keypoints(neckless).names == ("RHip", "LHip", "RShoulder", "midHip")
    body = Markers(BODY_25, np.array([0.0]), np.zeros((1, 25, 3)))
    assert with_derived_keypoints(body) is body


def test_missing_names_get_near_matches_and_what_exists() -> None:
    with pytest.raises(NameNotFoundError) as caught:
        require_names(["LKnee", "rknee", "lknee", "rknee", "xyz"], BODY_25, "marker", "squat.trc")
    text = str(caught.value)
    assert text.startswith(
        "squat.trc has no markers 'rknee' (did you mean 'RKnee'?), 'lknee' (did you mean 'LKnee'?),"
        " 'xyz'; it has: Nose, Neck"
    )
    assert isinstance(caught.value, KinebenchError)
    assert isinstance(caught.value, KeyError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == text


def test_names_that_exist_pass_and_long_lists_are_cut() -> None:
    require_names([], [], "marker", "t")
    require_names(["Neck"], BODY_25, "marker", "t")
    with pytest.raises(NameNotFoundError, match=r"it has: none$"):
        require_names(["a"], [], "marker", "t")
    with pytest.raises(NameNotFoundError, match=r", 59, …$"):
        require_names(["a"], map(str, range(100)), "marker", "t")
    assert str(NameNotFoundError()) == ""


@pytest.mark.parametrize(
    "name", ["a\tb", "a\nb", "a\rb", "a\0b", "\x1b[31mred", "a\x9bb", "a\u2028b", "\ud800"]
)
def test_a_name_with_control_characters_is_refused(name: str) -> None:
    with pytest.raises(ValueRangeError, match="a marker name has a control character"):
        Markers((name,), np.array([0.0]), np.zeros((1, 1, 3)))
    with pytest.raises(ValueRangeError, match="a coordinate name has a control character"):
        Coordinate(name)


def test_a_name_as_long_as_a_file_is_refused_in_a_short_line() -> None:
    with pytest.raises(ValueRangeError, match="has 100000 characters, at most 1000") as caught:
        Coordinate("x" * 100_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", ["R.ASIS", "cheville gauche", "膝", "ركبة", "/jointset/a/b/value"])
def test_names_of_any_script_are_taken(name: str) -> None:
    assert Markers((name,), np.array([0.0]), np.zeros((1, 1, 3))).names == (name,)
