"""What is refused and told of a recording's size, axes and times, in full sentences."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.core import Markers, Subject
from kinebench.core.plausible import PLAUSIBLE
from kinebench.errors import ValueRangeError
from kinebench.lab import Population, record
from kinebench.lab.static_poses import StaticPose
from kinebench.pipeline.unit_check import body_extent, require_plausible
from kinebench.remarks import Remark, collected_remarks

PERSON = Subject(70.0, 2.0)


def line(size_m: float, n_markers: int = 20) -> Markers:
    """Markers along a vertical line; the middle nine tenths of them span `size_m`."""
    positions = np.zeros((5, n_markers, 3))
    positions[..., 1] = np.linspace(0, 1, n_markers)
    whole = Markers(tuple(f"M{i}" for i in range(n_markers)), np.arange(5) / 50, positions)
    return whole.with_positions(positions * size_m / body_extent(whole))


def told(markers: Markers, which: str = "the trial", role: str = "movement") -> list[Remark]:
    with collected_remarks() as remarks:
        require_plausible(markers, PERSON, which, role)
    return list(remarks)


def refusal(size_m: float) -> str:
    with pytest.raises(ValueRangeError) as refused:
        require_plausible(line(size_m), PERSON, "the trial")
    return str(refused.value)


@pytest.mark.parametrize(
    ("factor", "words", "cure"),
    [
        (1000.0, "mm, taken as m", "mm"),
        (100.0, "cm, taken as m", "cm"),
        (0.001, "m, taken as mm", "m"),
        (0.01, "m, taken as cm", "m"),
        (10.0, "mm, taken as cm", "mm"),
        (0.1, "cm, taken as mm", "cm"),
        (1 / 0.3048, "feet, taken as m", ""),
        (1 / 0.0254, "inches, taken as m", ""),
        (1 / 2.54, "inches, taken as cm", ""),
        (1 / 25.4, "inches, taken as mm", ""),
    ],
)
def test_a_wrong_unit_is_named_with_its_cure(factor: float, words: str, cure: str) -> None:
    """Standing, a body is four fifths as large as it is tall."""
    said = refusal(0.8 * PERSON.height_m * factor)
    how = f" (--unit {cure}, or the unit in the file's header)" if cure else ""
    assert said.endswith(f"the subject 2 m tall: are the positions in {words}?{how}")


def test_sizes_are_told_with_three_digits_and_small_ones_in_mm() -> None:
    assert refusal(1600.0).startswith("the trial: the body is 1.6e+03 m large, the subject 2 m")
    assert refusal(0.1001).startswith("the trial: the body is 0.1 m large")
    assert refusal(0.0996).startswith("the trial: the body is 1e+02 mm large")
    assert refusal(0.0016).startswith("the trial: the body is 1.6 mm large")


def test_what_no_unit_explains_is_told_without_a_question() -> None:
    assert refusal(1e9).endswith("the subject 2 m tall")


def test_the_limits_belong_to_what_is_possible() -> None:
    limits = PLAUSIBLE["extent of a body over its height"]
    for share in (limits.low, limits.high):
        inside = 1 + 1e-6 if share == limits.low else 1 - 1e-6
        assert told(line(share * PERSON.height_m * inside)) == []
        refusal(share * PERSON.height_m / inside)


def test_few_markers_are_not_judged() -> None:
    seven = line(1.6).select([f"M{i}" for i in range(7)])
    assert told(seven.with_positions(1e5 * seven.positions)) == []


def test_the_size_is_the_diagonal_in_the_median_frame() -> None:
    """A box of 3 × 4 × 12: its diagonal is 13."""
    corners = np.array([[x, y, z] for x in (0, 3) for y in (0, 4) for z in (0, 12)], float)
    positions = np.stack([np.repeat(corners, 5, axis=0)] * 3)
    positions[2] *= 9
    names = tuple(f"M{i}" for i in range(40))
    assert body_extent(Markers(names, np.arange(3) / 50, positions)) == pytest.approx(13)


def test_half_of_the_markers_are_not_enough() -> None:
    markers = line(1.6)
    for lost, known in ((9, True), (10, False)):
        positions = markers.positions.copy()
        positions[:, 20 - lost :] = np.nan
        assert np.isfinite(body_extent(markers.with_positions(positions))) == known


def test_long_trials_are_sampled() -> None:
    """Each second of 200 frames: the others may be anything."""
    positions = np.repeat(line(1.6).positions[:1], 200, axis=0)
    positions[1::2] *= 50
    names = line(1.6).names
    assert body_extent(Markers(names, np.arange(200) / 50, positions)) == pytest.approx(1.6)


def test_times_that_jump_are_told_with_the_first_gap() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.5, 0.6, 0.7, 1.1, 1.2])
    positions = np.repeat(line(1.6).positions[:1], 8, axis=0)
    (remark,) = told(Markers(line(1.6).names, times, positions), "the static trial", "static")
    assert (remark.code, remark.severity) == ("time stamps", "warning")
    assert remark.message == (
        "the static trial: there is no frame between 0.200 and 0.500 s, and 1 more such gaps;"
        " frames count as neighbours across it"
    )
    assert remark.spans_s == ((0.2, 0.5),)
    assert remark.recording == "static"
    (remark,) = told(Markers(line(1.6).names, times[:6], positions[:6]))
    assert remark.message == (
        "the trial: there is no frame between 0.200 and 0.500 s; frames count as neighbours across"
        " it"
    )
    assert told(Markers(line(1.6).names, times[:3], positions[:3])) == []
    assert told(Markers(line(1.6).names, times[:1], positions[:1])) == []


def test_an_interval_just_within_the_limit_is_no_gap() -> None:
    limit = PLAUSIBLE["frame interval over the usual one"].high
    positions = np.repeat(line(1.6).positions[:1], 6, axis=0)
    for factor, is_told in ((0.999, False), (1.001, True)):
        times = np.cumsum([0.0, 1.0, 1.0, limit * factor, 1.0, 1.0])
        assert bool(told(Markers(line(1.6).names, times, positions))) is is_told


def test_a_body_along_another_axis_is_told_with_the_axes_that_set_it_upright() -> None:
    keypoints = record(Population().subject(1), StaticPose(duration_s=0.2)).keypoints
    person = Subject(70.0, 1.75)
    for role in ("movement", "static"):
        # forward x, up z, right -y
        turned = keypoints.with_positions(keypoints.positions[..., [0, 2, 1]] * [1, -1, 1])
        with collected_remarks() as remarks:
            require_plausible(turned, person, "squat.trc", role)
        (remark,) = remarks
        assert (remark.code, remark.recording) == ("axes", role)
        assert remark.message == (
            "squat.trc: the head is not above the feet along y, OpenSim's up; forward, up and right"
            " lie along +x+z-y (as --axes of --keypoints FILE has it, where none was given)"
        )
    with collected_remarks() as remarks:
        require_plausible(keypoints, person, "squat.trc")
    assert list(remarks) == []
