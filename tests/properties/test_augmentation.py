"""Laws of the augmenter, on a small network with random weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.augmentation.catalogue import AugmenterVersion, NetworkSpec
from kinebench.augmentation.floor import FloorOffset
from kinebench.augmentation.frames import lead_in_frames
from kinebench.augmentation.network import LSTMLayer, Network
from kinebench.augmentation.weights import write_version
from kinebench.core import Markers, Subject

NAMES = ("midHip", "Neck", "RKnee", "LKnee")
ROUNDING_M = 5e-6  # float32 sums in another order

seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(1, 40)
kinds = st.sampled_from(["mirror", "repeat"])


def random_network(rng: np.random.Generator, n_features: int, n_responses: int) -> Network:
    layers, width = [], n_features
    for n in (5, 4):
        kernel, recurrent, bias = (
            rng.normal(0, 0.4, shape).astype(np.float32)
            for shape in ((width, 4 * n), (n, 4 * n), 4 * n)
        )
        layers.append(LSTMLayer(kernel, recurrent, bias))
        width = n
    mean = np.append(np.zeros(n_features - 2), [1.7, 72.0])
    std = np.append(np.full(n_features - 2, 0.3), [0.1, 10.0])
    out = rng.normal(0, 0.3, (width, n_responses)).astype(np.float32)
    bias = rng.normal(0, 0.3, n_responses).astype(np.float32)
    return Network(tuple(layers), out, bias, mean, std)


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> AugmenterVersion:
    one = NetworkSpec("one", "", ("Neck", "RKnee"), ("C7_study", "r_knee_study"))
    two = NetworkSpec("two", "", ("LKnee", "Neck"), ("L_knee_study",))
    rng = np.random.default_rng(11)
    networks = (random_network(rng, 8, 6), random_network(rng, 8, 3))
    folder = tmp_path_factory.mktemp("laws")
    return write_version(folder, AugmenterVersion("laws", (one, two)), networks)


def trial(n_frames: int, seed: int) -> Markers:
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, 0.4, (n_frames, len(NAMES), 3))
    return Markers(NAMES, np.arange(n_frames) / 60, positions)


def person(seed: int) -> Subject:
    rng = np.random.default_rng(seed)
    height_m = rng.uniform(1.5, 2.0)
    # of the body-mass index, not of the mass: no draw may be a person that Subject warns of
    return Subject(mass_kg=rng.uniform(18, 40) * height_m**2, height_m=height_m)


@given(n=lengths, seed=seeds, shift=st.tuples(*[st.floats(-50, 50)] * 3))
@settings(max_examples=40, deadline=None)
def test_shifted_keypoints_shift_the_markers(
    row: AugmenterVersion, n: int, seed: int, shift: tuple[float, float, float]
) -> None:
    augment, keypoints, subject = LSTMAugmenter(row), trial(n, seed), person(seed)
    moved = augment(keypoints.with_positions(keypoints.positions + np.array(shift)), subject)
    expected = augment(keypoints, subject).positions + np.array(shift)
    np.testing.assert_allclose(moved.positions, expected, rtol=0, atol=ROUNDING_M)


@given(ns=st.lists(lengths, min_size=2, max_size=5), seed=seeds, kind=kinds)
@settings(max_examples=25, deadline=None)
def test_a_batch_equals_its_trials_one_by_one(
    row: AugmenterVersion, ns: list[int], seed: int, kind: str
) -> None:
    augment = LSTMAugmenter(row, warm_up_s=0.2, warm_up_kind=kind)
    trials = [(trial(n, seed + i), person(seed + i)) for i, n in enumerate(ns)]
    for made, one in zip(augment.augment_many(trials), trials, strict=True):
        expected = augment(*one)
        assert made.names == expected.names
        np.testing.assert_array_equal(made.times, expected.times)
        np.testing.assert_allclose(made.positions, expected.positions, rtol=0, atol=ROUNDING_M)


@given(n=st.integers(2, 40), share=st.floats(0, 1), seed=seeds)
@settings(max_examples=40, deadline=None)
def test_the_beginning_of_a_trial_gives_the_beginning_of_the_markers(
    row: AugmenterVersion, n: int, share: float, seed: int
) -> None:
    augment, keypoints, subject = LSTMAugmenter(row), trial(n, seed), person(seed)
    kept = np.arange(max(1, round(share * n)))
    whole = augment(keypoints, subject).at_frames(kept)
    part = augment(keypoints.at_frames(kept), subject)
    np.testing.assert_allclose(part.positions, whole.positions, rtol=0, atol=ROUNDING_M)


@given(n=lengths, seed=seeds, order=st.permutations(range(5)), start=st.floats(-100, 100))
@settings(max_examples=40, deadline=None)
def test_the_order_of_names_other_keypoints_and_the_clock_do_not_matter(
    row: AugmenterVersion, n: int, seed: int, order: list[int], start: float
) -> None:
    augment, keypoints, subject = LSTMAugmenter(row), trial(n, seed), person(seed)
    nose = Markers(("Nose",), keypoints.times, np.full((n, 1, 3), np.nan))
    more = keypoints.joined(nose)
    shuffled = more.select([more.names[i] for i in order])
    later = Markers(shuffled.names, keypoints.times + start, shuffled.positions)
    made = augment(later, subject)
    np.testing.assert_array_equal(made.positions, augment(keypoints, subject).positions)
    np.testing.assert_array_equal(made.times, later.times)


@given(n=lengths, seed=seeds, clearance=st.floats(-0.5, 0.5))
@settings(max_examples=40, deadline=None)
def test_after_the_floor_offset_the_lowest_marker_has_the_clearance(
    n: int, seed: int, clearance: float
) -> None:
    markers = trial(n, seed)
    shift = FloorOffset(clearance).resolve(markers)
    moved = shift(markers).position(shift.marker)[:, 1]
    assert moved[shift.frame] == pytest.approx(clearance, abs=1e-12)
    assert shift(markers).positions[..., 1].min() == pytest.approx(clearance, abs=1e-12)


@given(n=lengths, lead=st.integers(0, 200), kind=kinds)
def test_a_lead_in_precedes_the_trial_without_a_jump(n: int, lead: int, kind: str) -> None:
    frames = lead_in_frames(n, lead, kind)
    assert len(frames) == lead + n
    np.testing.assert_array_equal(frames[lead:], np.arange(n))
    assert ((frames >= 0) & (frames < n)).all()
    assert np.abs(np.diff(frames)).max(initial=0) <= 1
