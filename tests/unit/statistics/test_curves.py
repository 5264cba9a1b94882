"""Permutation tests on curves: exact where that can be counted, and honest on noise."""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.ndimage import gaussian_filter1d

from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.statistics.curves import (
    one_sample_curves,
    paired_curves,
    subject_mean_curves,
    two_sample_curves,
)

NODES = np.linspace(0, 1, 51)


def smooth_noise(rng: np.random.Generator, n_curves: int, n_nodes: int = 101) -> np.ndarray:
    """Stationary Gaussian noise with a full width at half maximum of 20 nodes."""
    wide = rng.normal(size=(n_curves, n_nodes + 100))
    return gaussian_filter1d(wide, 20 / 2.355, axis=1)[:, 50:-50]


def paired_example() -> tuple[np.ndarray, np.ndarray]:
    i = np.arange(7)[:, None]
    one = np.sin(2 * np.pi * NODES + i * 0.7) + 0.2 * np.cos((3 + i) * NODES * 2) + 0.1 * i
    bump = 0.6 * np.exp(-(((NODES - 0.5) / 0.12) ** 2)) * (1 + 0.15 * np.sin(5 * i))
    wave = 0.35 * np.sin(4 * NODES * np.pi + 1.9 * i) * np.cos(i)
    return one, one + bump + wave + 0.1 * np.sin(i * i)


def two_sample_example() -> tuple[np.ndarray, np.ndarray]:
    i = np.arange(5)[:, None]
    one = 0.3 * paired_example()[0][:5]
    bump = 1.1 * np.exp(-(((NODES - 0.3) / 0.15) ** 2))
    return one, np.cos(3 * NODES + i) * 0.3 + bump + 0.1 * np.sin(7 * i)


def test_paired_agrees_with_spm1d() -> None:
    """spm1d 0.4.55, nonparam.ttest_paired, all 128: t, height 5.076 and cluster p 0.015625."""
    found = paired_curves(*paired_example(), seed=0)
    expected = [-0.2673049, 0.06805121, 5.8837947, -0.18482208]
    np.testing.assert_allclose(found.t[[0, 10, 25, 40]], expected, rtol=1e-6)
    # spm1d interpolates between order statistics, here the next of 128 is taken
    assert found.height == pytest.approx(5.076, rel=0.02)
    assert (found.n_relabellings, found.exact, found.seed) == (128, True, None)
    assert len(found.clusters) == 1
    cluster = found.clusters[0]
    assert (cluster.start, cluster.stop, cluster.sign) == (24, 30, 1)  # 23.8 to 29.5 there
    assert cluster.p == 2 / 128
    assert found.p == 2 / 128


def test_t_is_students() -> None:
    one, other = paired_example()
    np.testing.assert_allclose(
        paired_curves(one, other, seed=0).t, stats.ttest_rel(other, one).statistic, rtol=1e-9
    )
    np.testing.assert_allclose(
        two_sample_curves(one, other[:4], seed=0).t,
        stats.ttest_ind(other[:4], one, equal_var=False).statistic,
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        two_sample_curves(one, other[:4], seed=0).difference,
        other[:4].mean(axis=0) - one.mean(axis=0),
    )


def test_one_sample_p_counted_by_hand() -> None:
    curves = np.random.default_rng(2).normal(0.4, 1.0, (5, 3))
    largest = [
        np.abs(stats.ttest_1samp(curves * np.array(signs)[:, None], 0).statistic).max()
        for signs in product([1, -1], repeat=5)
    ]
    found = one_sample_curves(curves, seed=0, alpha=0.2)
    assert found.p == np.mean(np.array(largest) >= largest[0] - 1e-9)
    # six of 32 may exceed the height
    assert found.height == pytest.approx(np.sort(largest)[-7])


def test_two_sample_p_counted_by_hand() -> None:
    """All sign flips of the residuals within each group, in scipy's Welch t."""
    rng = np.random.default_rng(4)
    one, other = rng.normal(0, 1, (3, 4)), rng.normal(1, 1, (4, 4))
    own = np.abs(stats.ttest_ind(other, one, equal_var=False).statistic).max()
    residuals = one - one.mean(axis=0), other - other.mean(axis=0)
    largest = [own]
    for signs in list(product([1, -1], repeat=7))[1:]:
        flips = np.array(signs)[:, None]
        a, b = flips[:3] * residuals[0], flips[3:] * residuals[1]
        largest.append(np.abs(stats.ttest_ind(b, a, equal_var=False).statistic).max())
    found = two_sample_curves(one, other, seed=0, alpha=0.1)
    assert (found.n_relabellings, found.exact) == (128, True)
    assert found.p == np.mean(np.array(largest) >= own - 1e-9)
    assert found.height == pytest.approx(np.sort(largest)[-13])


def test_two_samples_of_unequal_size_and_spread_keep_the_level() -> None:
    """Permuting the groups with pooled variance gave 43 %."""
    rng = np.random.default_rng(8)
    alarms = [
        two_sample_curves(
            smooth_noise(rng, 14, 31), 3 * smooth_noise(rng, 6, 31), seed=s, n_relabellings=300
        ).p
        <= 0.05
        for s in range(600)
    ]
    assert 0.02 < np.mean(alarms) < 0.09


def test_cluster_p_counted_by_hand() -> None:
    """Two clusters, the smaller one with the larger p; masses of all 64 sign flips."""
    i = np.arange(6)[:, None]
    nodes = np.arange(40)
    curves = 3.0 * np.exp(-(((nodes - 10) / 4) ** 2)) - 1.7 * np.exp(-(((nodes - 30) / 2) ** 2))
    curves = curves + np.sin(0.4 * nodes * (1 + 0.3 * i) + i)
    found = one_sample_curves(curves, seed=0, alpha=0.2)
    assert [cluster.sign for cluster in found.clusters] == [1, -1]

    def masses(t: np.ndarray) -> list[float]:
        runs, current = [], 0.0
        for before, now in zip([0.0, *t], [*t, 0.0], strict=True):
            if abs(now) > found.height and (current == 0 or np.sign(now) == np.sign(before)):
                current += abs(now) - found.height
            elif current:
                runs.append(current)
                current = max(0.0, abs(now) - found.height)
        return runs

    null = np.array(
        [
            max(
                masses(
                    np.asarray(stats.ttest_1samp(curves * np.array(signs)[:, None], 0).statistic)
                ),
                default=0.0,
            )
            for signs in product([1, -1], repeat=6)
        ]
    )
    for cluster in found.clusters:
        assert cluster.p == np.mean(null >= cluster.mass - 1e-6)
    assert found.clusters[0].p < found.clusters[1].p


def test_skewed_curves_are_noticed_and_normal_ones_are_not() -> None:
    rng = np.random.default_rng(21)
    with pytest.warns(KinebenchWarning, match="skewed over subjects"):
        one_sample_curves(np.exp(8 * smooth_noise(rng, 10)), seed=0, n_relabellings=200)
    noticed = 0
    for _ in range(200):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            one_sample_curves(smooth_noise(rng, 10), seed=0, n_relabellings=100)
        noticed += len(caught)
    assert noticed <= 8


@pytest.mark.filterwarnings("ignore:curves are skewed")
def test_false_positives_one_sample() -> None:
    """8 subjects, exact: 12 of 256 relabellings may exceed, a rate of 4.7 %."""
    rng = np.random.default_rng(10)
    tests = [one_sample_curves(smooth_noise(rng, 8), seed=0) for _ in range(600)]
    rate = np.mean([bool(test.clusters) for test in tests])
    assert 0.03 < rate < 0.066
    assert all((test.p <= 0.05) == bool(test.clusters) for test in tests)


def test_false_positives_two_samples() -> None:
    rng = np.random.default_rng(11)
    rate = np.mean(
        [
            bool(two_sample_curves(smooth_noise(rng, 6), smooth_noise(rng, 5), seed=0).clusters)
            for _ in range(400)
        ]
    )
    assert 0.03 < rate < 0.073


@pytest.mark.filterwarnings("ignore:curves are skewed")
def test_false_positives_with_drawn_relabellings() -> None:
    rng = np.random.default_rng(12)
    rate = np.mean(
        [
            bool(one_sample_curves(smooth_noise(rng, 14), seed=s, n_relabellings=400).clusters)
            for s in range(400)
        ]
    )
    assert 0.03 < rate < 0.073


def test_nodewise_tests_would_find_too_much() -> None:
    """What the whole test is for: without a joint height a third of noise is 'significant'."""
    rng = np.random.default_rng(13)
    rate = np.mean(
        [np.min(stats.ttest_1samp(smooth_noise(rng, 8), 0).pvalue) < 0.05 for _ in range(300)]
    )
    assert rate > 0.2


def test_height_is_that_of_random_field_theory() -> None:
    """Pataky 2016: for smooth Gaussian fields both give one height; 101 nodes, FWHM 20, df 9."""
    found = one_sample_curves(smooth_noise(np.random.default_rng(3), 10), seed=0)
    t, df = np.linspace(2, 8, 6001), 9
    resels = 100 / 20
    density = np.sqrt(4 * np.log(2)) / (2 * np.pi) * (1 + t**2 / df) ** (-(df - 1) / 2)
    expected = t[np.argmin(np.abs(stats.t.sf(t, df) + resels * density - 0.025))]
    assert found.height == pytest.approx(expected, rel=0.15)


def test_drawn_relabellings_come_close_to_all() -> None:
    one, other = paired_example()
    exact = paired_curves(one, other, seed=0)
    drawn = paired_curves(one, other, seed=3, n_relabellings=127)
    assert not drawn.exact
    assert drawn.seed == 3
    assert drawn.height == pytest.approx(exact.height, rel=0.2)
    assert drawn == paired_curves(one, other, seed=3, n_relabellings=127)
    assert drawn.p >= 1 / 127


def test_drawn_flips_of_two_samples_come_close_to_all() -> None:
    one, other = two_sample_example()
    exact = two_sample_curves(one, other, seed=0)
    drawn = two_sample_curves(one, other, seed=3, n_relabellings=1001)
    assert (exact.n_relabellings, drawn.n_relabellings, drawn.exact) == (1024, 1001, False)
    np.testing.assert_array_equal(drawn.t, exact.t)
    assert drawn.height == pytest.approx(exact.height, rel=0.15)


def test_perfect_agreement() -> None:
    one, _ = paired_example()
    found = paired_curves(one, one, seed=0)
    assert not found.clusters
    assert found.p == 1
    assert not found.t.any()


def test_equal_differences_are_the_strongest_finding() -> None:
    one = np.random.default_rng(0).normal(size=(8, 20))
    found = paired_curves(one, one + 1.0, seed=0)
    assert found.p == 2 / 256
    assert np.isfinite(found.t).all()
    assert (found.clusters[0].start, found.clusters[0].stop) == (0, 20)


def test_too_few_subjects_are_told() -> None:
    one, other = paired_example()
    with pytest.warns(KinebenchWarning, match=r"4 subjects allow 16 .* significant at 0\.05"):
        found = paired_curves(one[:4], other[:4], seed=0)
    assert not found.clusters
    assert found.p >= 2 / 16


def test_subject_means_by_hand() -> None:
    curves = [[1.0, 10.0], [3.0, 30.0], [6.0, 60.0], [9.0, 90.0]]
    names, means = subject_mean_curves(curves, ["b", "b", "b", "a"], ["w", "w", "x", "w"])
    assert names == ("a", "b")
    assert means.tolist() == [[9.0, 90.0], [4.0, 40.0]]


def test_what_is_refused() -> None:
    one, other = paired_example()
    with pytest.raises(ValueRangeError, match="one shape"):
        paired_curves(one, other[:5], seed=0)
    with pytest.raises(ValueRangeError, match="at least 2 row"):
        one_sample_curves(one[:1], seed=0)
    with pytest.raises(ValueRangeError, match="equal nodes"):
        two_sample_curves(one, other[:, :20], seed=0)
    with pytest.raises(ValueRangeError, match="NaN"):
        one_sample_curves(np.where(one > 1, np.nan, one), seed=0)
    with pytest.raises(ValueRangeError, match="alpha"):
        one_sample_curves(one, seed=0, alpha=5)
    with pytest.raises(ValueRangeError, match="each curve needs its subject and trial"):
        subject_mean_curves(one, ["a"] * 7, ["w"])
