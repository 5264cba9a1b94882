"""Laws of the repairs: constant segment lengths, exchanged sides, size."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.cleaning import BoneLengths, Rescale, Rotate, Scale, SwapSides
from kinebench.cleaning.lengths import measured_lengths
from kinebench.core import Markers, Trial
from kinebench.core.keypoints import OPENCAP_20, paired_parts
from kinebench.core.segments import RIGID_SEGMENTS, SEGMENTS
from kinebench.core.stages import in_trial
from kinebench.errors import KinebenchWarning
from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.geometry.segments import distances, hold_lengths
from kinebench.lab import Population, record
from kinebench.lab.camera import SideSwaps, two_phones
from kinebench.lab.camera.chain import CameraError, Chain
from kinebench.lab.motions import (
    ArmRaise,
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
)

MOTIONS: dict[str, MotionModel] = {
    "gait": Gait(), "squat": Squat(repetitions=1), "jump": CounterMovementJump(),
    "drop jump": DropJump(), "sit-to-stand": SitToStand(repetitions=1),
    "arms": ArmRaise(repetitions=1),
}  # fmt: skip
PARTS = paired_parts(OPENCAP_20)
SUBJECTS = Population("repairs, laws")

pytestmark = pytest.mark.filterwarnings("ignore::kinebench.errors.KinebenchWarning")


@cache
def film(number: int, motion: str, errors: CameraError = Chain()) -> Markers:  # noqa: B008
    return record(SUBJECTS.subject(number), MOTIONS[motion], errors).keypoints


def turning(markers: Markers, turns: float) -> Markers:
    """The person turns about the vertical while moving."""
    angles = np.linspace(0, 2 * np.pi * turns, markers.n_frames)
    R = np.stack([rotation_about_vertical(angle) for angle in angles])
    return markers.with_positions(np.einsum("fij,fpj->fpi", R, markers.positions))


def lost(markers: Markers, seed: int, share: float) -> Markers:
    gone = np.random.default_rng(seed).uniform(size=markers.missing.shape) < share
    return markers.with_positions(np.where(gone[..., None], np.nan, markers.positions))


def noisy(markers: Markers, seed: int, sd: float) -> Markers:
    noise = np.random.default_rng(seed).normal(scale=sd, size=markers.positions.shape)
    return markers.with_positions(markers.positions + noise)


def lengths_of(markers: Markers) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    ends = [
        [markers.names.index(end) for end in pair]
        for pair in [SEGMENTS[name] for name in RIGID_SEGMENTS]
    ]
    return distances(markers.positions, ends)


# --- constant lengths

seeds = st.integers(0, 2**32 - 1)
spreads = st.sampled_from([0.002, 0.02, 0.1, 0.4])


@given(seed=seeds, sd=spreads, share=st.sampled_from([0.0, 0.2, 0.9]))
@settings(max_examples=25, deadline=None)
def test_lengths_are_constant_and_gaps_stay(seed: int, sd: float, share: float) -> None:
    seen = lost(noisy(film(1, "squat"), seed, sd), seed, share)
    held = BoneLengths()(seen)
    np.testing.assert_array_equal(held.missing, seen.missing)
    np.testing.assert_array_equal(held.times, seen.times)
    wanted = dict(measured_lengths(seen))
    for column, name in enumerate(RIGID_SEGMENTS):
        of_segment = lengths_of(held)[:, column]
        known = of_segment[np.isfinite(of_segment)]
        assert len(known) == 0 or np.ptp(known) < 1e-9
        assert len(known) == 0 or abs(known[0] - wanted[name]) < 1e-9


@given(seed=seeds, sd=spreads, share=st.sampled_from([0.0, 0.2]))
@settings(max_examples=15, deadline=None)
def test_constant_lengths_twice_are_once(seed: int, sd: float, share: float) -> None:
    once = BoneLengths()(lost(noisy(film(2, "gait"), seed, sd), seed, share))
    np.testing.assert_allclose(BoneLengths()(once).positions, once.positions, atol=1e-9)


@given(seed=seeds, angle=st.floats(-3, 3), shift=st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_constant_lengths_do_not_depend_on_where_one_stands(
    seed: int, angle: float, shift: float
) -> None:
    seen = noisy(film(1, "jump"), seed, 0.03)
    R = rotation_about_vertical(angle) @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])

    def moved(markers: Markers) -> Markers:
        return markers.with_positions(markers.positions @ R.T + [shift, 0.0, -shift])

    one, other = BoneLengths()(moved(seen)), moved(BoneLengths()(seen))
    np.testing.assert_allclose(one.positions, other.positions, atol=1e-9)


@pytest.mark.parametrize("motion", ["squat", "sit-to-stand", "arms"])
def test_nothing_is_moved_where_lengths_are_constant(motion: str) -> None:
    # one length per segment, to the last bit that the laboratory gives
    seen = film(3, motion)
    ends = {end for pair in [SEGMENTS[name] for name in RIGID_SEGMENTS] for end in pair}
    legs = seen.select(n for n in seen.names if n in ends and "Heel" not in n and "Toe" not in n)
    np.testing.assert_allclose(BoneLengths()(legs).positions, legs.positions, atol=1e-9)


def test_the_shift_is_the_smallest_for_one_segment() -> None:
    points, held = hold_lengths([[[0.0, 0, 0], [0.5, 0, 0]]], [[0, 1]], [0.4])
    np.testing.assert_allclose(points, [[[0.05, 0, 0], [0.45, 0, 0]]], atol=1e-12)
    assert held.all()


def test_a_difference_between_the_legs_stays() -> None:
    seen = film(4, "squat")
    column = seen.names.index("RAnkle"), seen.names.index("RKnee")
    positions = seen.positions.copy()
    shank = positions[:, column[0]] - positions[:, column[1]]
    positions[:, column[0]] += 0.05 * shank / np.linalg.norm(shank, axis=1, keepdims=True)
    longer = seen.with_positions(positions)
    before, after = (dict(measured_lengths(m)) for m in (longer, BoneLengths()(longer)))
    assert before["right shank"] - before["left shank"] > 0.03
    np.testing.assert_allclose(list(after.values()), list(before.values()), atol=1e-9)


def test_neck_and_mid_hip_follow_shoulders_and_hips_and_the_face_stays() -> None:
    seen = noisy(film(1, "gait"), 5, 0.03)
    nose = Markers(("Nose",), seen.times, seen.positions[:, :1] + 0.1)
    held = BoneLengths()(seen.joined(nose))
    for middle, part in (("Neck", "Shoulder"), ("midHip", "Hip")):
        shift = held.position(middle) - seen.position(middle)
        pair = [held.position(side + part) - seen.position(side + part) for side in "RL"]
        np.testing.assert_allclose(shift, np.mean(pair, axis=0), atol=1e-12)
        assert np.abs(shift).max() > 1e-3
    np.testing.assert_array_equal(held.position("Nose"), nose.position("Nose"))


def test_lengths_can_be_those_of_the_static_trial() -> None:
    seen, static = noisy(film(1, "gait"), 5, 0.03), Scale(1.02)(film(1, "squat"))
    (stage,) = in_trial((BoneLengths("static"),), trial(seen, static))
    lengths, wanted = dict(measured_lengths(stage(seen))), dict(measured_lengths(static))
    np.testing.assert_allclose(list(lengths.values()), list(wanted.values()), atol=1e-9)


def test_lengths_that_vary_too_much_are_told_before_they_are_hidden() -> None:
    seen = film(1, "gait")
    positions = seen.positions.copy()
    swing = np.linspace(-0.2, 0.2, seen.n_frames)
    positions[:, seen.names.index("LAnkle"), 1] += swing
    with pytest.warns(KinebenchWarning, match=r"lengths vary .* left shank 0\.\d\d to 0\.\d\d m"):
        BoneLengths()(seen.with_positions(positions))


def test_ends_in_one_place_are_left_and_said() -> None:
    seen = film(1, "gait")
    positions = seen.positions.copy()
    positions[5, seen.names.index("RKnee")] = positions[5, seen.names.index("RHip")]
    with pytest.warns(KinebenchWarning, match="1 of .* frames, the first of them frame 6"):
        held = BoneLengths()(seen.with_positions(positions))
    np.testing.assert_array_equal(held.positions[5], positions[5])


# --- exchanged sides


def exchanged(markers: Markers, frames: slice | list[int], parts: tuple[str, ...]) -> Markers:
    positions = markers.positions.copy()
    for part in parts:
        right, left = (markers.names.index(side + part) for side in "RL")
        positions[frames, right] = markers.positions[frames, left]
        positions[frames, left] = markers.positions[frames, right]
    return markers.with_positions(positions)


@pytest.mark.parametrize("motion", MOTIONS)
@given(
    number=st.integers(1, 4),
    parts=st.sets(st.sampled_from(PARTS), min_size=1).map(lambda s: tuple(sorted(s))),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 15)), min_size=1, max_size=4),
)
@settings(max_examples=8, deadline=None)
def test_exchanges_of_any_pairs_are_undone_exactly(
    motion: str, number: int, parts: tuple[str, ...], places: list[tuple[float, int]]
) -> None:
    truth = film(number, motion)
    frames = {
        frame
        for place, length in places
        for frame in range(int(place * (truth.n_frames - 1)), truth.n_frames)[:length]
    }
    # a recording that is exchanged in most of its frames is another matter
    seen = exchanged(truth, sorted(frames), parts)
    np.testing.assert_array_equal(SwapSides()(seen).positions, truth.positions)


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("errors", [Chain(), two_phones()], ids=["clean", "two phones"])
@pytest.mark.parametrize("turns", [0.0, 1.0, -2.0])
def test_recordings_without_exchanges_are_not_changed(
    motion: str, errors: CameraError, turns: float
) -> None:
    seen = turning(film(5, motion, errors), turns)
    assert SwapSides().resolve(seen).bursts == ()
    assert SwapSides()(seen) is seen


def test_legs_that_cross_are_no_exchange() -> None:
    truth = film(1, "squat")
    names = [side + part for side in "RL" for part in ("Knee", "Ankle", "Heel", "BigToe")]
    columns = [truth.names.index(name) for name in names]
    positions = truth.positions.copy()
    # the right leg swings over to the left of the left one, the left one to the right, and back
    course = np.sin(np.linspace(0, np.pi, truth.n_frames)) ** 2
    across = np.array([-1.0] * 4 + [1.0] * 4)
    positions[:, columns, 2] += 0.25 * course[:, None] * across
    positions[:, columns, 0] += 0.12 * across
    crossing = truth.with_positions(positions)
    z = crossing.position("RAnkle")[:, 2] - crossing.position("LAnkle")[:, 2]
    assert z.min() < -0.1 < 0.1 < z.max()
    assert SwapSides().resolve(crossing).bursts == ()


def test_an_outlier_of_one_side_is_no_exchange() -> None:
    truth = film(2, "gait")
    positions = truth.positions.copy()
    right, left = (truth.names.index(name) for name in ("RAnkle", "LAnkle"))
    positions[50, right] = positions[50, left]  # the detector sees one leg twice
    assert SwapSides().resolve(truth.with_positions(positions)).bursts == ()


def test_most_of_a_recording_can_be_exchanged() -> None:
    truth = film(1, "sit-to-stand")
    seen = exchanged(truth, slice(60, None), PARTS)
    np.testing.assert_array_equal(SwapSides()(seen).positions, truth.positions)


def test_confidence_and_gaps_go_with_their_keypoint() -> None:
    truth = lost(film(3, "gait"), 1, 0.01)
    confidence = np.random.default_rng(2).uniform(size=truth.missing.shape)
    truth = Markers(truth.names, truth.times, truth.positions, confidence)
    seen = exchanged(truth, slice(40, 52), PARTS)
    swap = [
        truth.names.index({"R": "L", "L": "R"}.get(n[0], n[0]) + n[1:]) if n[1:] in PARTS else i
        for i, n in enumerate(truth.names)
    ]
    mixed = confidence.copy()
    mixed[40:52] = confidence[40:52][:, swap]
    seen = Markers(seen.names, seen.times, seen.positions, mixed)
    assert SwapSides()(seen) == truth


def test_what_was_exchanged_is_told_and_recorded() -> None:
    seen = SideSwaps(20.0, 0.2, ("Elbow", "Wrist"))(film(1, "squat"), "a")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = SwapSides().resolve(seen)
    assert found.bursts
    assert {burst.parts for burst in found.bursts} == {("Elbow", "Wrist")}
    (message,) = (str(item.message) for item in caught)
    assert message.startswith("left and right were exchanged, and are put right, in ")
    assert str(found.bursts[0]) in message


# --- size


def trial(keypoints: Markers, static: Markers) -> Trial:
    return Trial("t", SUBJECTS.subject(1).as_subject(), keypoints, static)


@pytest.mark.parametrize("to", ["static", "height"])
@given(factor=st.floats(0.6, 1.7))
@settings(max_examples=20, deadline=None)
def test_any_size_comes_out_as_one(to: str, factor: float) -> None:
    seen, static = film(1, "gait"), film(1, "squat")
    stage = Rescale(to)  # type: ignore[arg-type]
    one = in_trial((stage,), trial(seen, static))[0](seen)
    larger = Scale(factor)(seen)
    other = in_trial((stage,), trial(larger, static))[0](larger)
    np.testing.assert_allclose(other.positions, one.positions, rtol=1e-9, atol=1e-12)


def test_equal_sizes_change_nothing() -> None:
    seen = film(2, "squat", two_phones())
    (stage,) = in_trial((Rescale(),), trial(seen, seen))
    assert stage(seen) is seen
    turned = Rotate(rotation_about_vertical(1.0))(seen)
    np.testing.assert_allclose(stage(turned).positions, turned.positions, atol=1e-12)


def test_a_size_that_is_a_matter_of_units_is_refused() -> None:
    seen = film(1, "gait")
    thousand = seen.with_positions(1000 * seen.positions)
    (stage,) = in_trial((Rescale(),), trial(thousand, seen))
    with pytest.raises(Exception, match=r"by 0\.001: .* a matter of units"):
        stage(thousand)


def test_what_is_scaled_is_told_as_a_guess() -> None:
    seen = film(1, "gait")
    small = Scale(0.7)(seen)
    (stage,) = in_trial((Rescale(),), trial(small, seen))
    with pytest.warns(KinebenchWarning, match=r"has 0\.70 times the size of its static trial"):
        stage(small)


def test_limbs_that_disagree_are_told() -> None:
    seen = film(1, "gait")
    positions = seen.positions.copy()
    legs = [i for i, n in enumerate(seen.names) if n[1:] in ("Knee", "Ankle", "Heel", "BigToe")]
    positions[:, legs] += 0.4 * (positions[:, legs] - seen.position("midHip")[:, None])
    long = seen.with_positions(positions)
    (stage,) = in_trial((Rescale(),), trial(long, seen))
    with pytest.warns(KinebenchWarning, match="no single factor brings the recording"):
        stage(long)
