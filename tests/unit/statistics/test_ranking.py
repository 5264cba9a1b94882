from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import ValueRangeError
from kinebench.statistics.ranking import all_paired_differences, ranked

METHODS = ("a", "b", "c")


def sample(means: list[float], n: int, seed: int, sd: float = 1.0) -> np.ndarray:
    """Errors of methods that share what is hard about each subject, (n, n_methods)."""
    rng = np.random.default_rng(seed)
    return np.array(means) + rng.normal(0, 3.0, (n, 1)) + rng.normal(0, sd, (n, len(means)))


def test_every_pair_is_a_paired_t_test_and_the_family_is_corrected_together() -> None:
    legs, arms = sample([3, 4, 6], 9, 1), sample([9, 8, 8], 9, 2)
    found = all_paired_differences([("legs", legs), ("arms", arms)], METHODS)
    assert [(d.item, d.first, d.second) for d in found] == [
        (item, *pair) for item in ("legs", "arms") for pair in (("a", "b"), ("a", "c"), ("b", "c"))
    ]
    expected = [
        stats.ttest_rel(table[:, i], table[:, j])
        for table in (legs, arms)
        for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    for one, test, table, (i, j) in zip(
        found, expected, [legs] * 3 + [arms] * 3, [(0, 1), (0, 2), (1, 2)] * 2, strict=True
    ):
        assert one.contrast.mean == pytest.approx((table[:, i] - table[:, j]).mean())
        assert one.contrast.p == pytest.approx(test.pvalue)
        interval = test.confidence_interval()
        assert one.contrast.interval.low == pytest.approx(interval.low)
        assert one.contrast.interval.high == pytest.approx(interval.high)
    # Holm: the smallest p times 6, the next times 5, never falling
    p = sorted(test.pvalue for test in expected)
    stepped = np.minimum(np.maximum.accumulate([(6 - i) * v for i, v in enumerate(p)]), 1)
    assert sorted(d.contrast.p_adjusted for d in found) == pytest.approx(list(stepped))


def test_ranks_follow_means_and_what_is_shown() -> None:
    table = sample([2, 2.05, 9], 12, 3, sd=0.3)
    differences = all_paired_differences([("legs", table)], METHODS)
    places = ranked("legs", table, METHODS, differences)
    assert [one.rank for one in places] == [1, 2, 3]
    assert {one.method: (one.best, one.worst) for one in places} == {
        "a": (1, 2), "b": (1, 2), "c": (3, 3)}  # fmt: skip
    assert [one.mean for one in places] == sorted(table.mean(axis=0))
    # differences of another item say nothing
    other = ranked("arms", table, METHODS, differences)
    assert {(one.best, one.worst) for one in other} == {(1, 3)}


def test_order_of_methods_does_not_matter() -> None:
    table = sample([2, 3, 4], 8, 4)
    turned = table[:, [2, 0, 1]]
    one = ranked("x", table, METHODS, all_paired_differences([("x", table)], METHODS))
    names = ("c", "a", "b")
    other = ranked("x", turned, names, all_paired_differences([("x", turned)], names))
    assert [(m.method, m.rank, m.best, m.worst) for m in one] == [
        (m.method, m.rank, m.best, m.worst) for m in other
    ]


def test_one_subject_shows_nothing() -> None:
    table = np.array([[1.0, 2.0, 3.0]])
    differences = all_paired_differences([("x", table)], METHODS)
    assert all(np.isnan(one.contrast.p_adjusted) for one in differences)
    assert {(m.best, m.worst) for m in ranked("x", table, METHODS, differences)} == {(1, 3)}


@pytest.mark.parametrize(("n", "means"), [
    (4, [3.0, 3.0, 3.0, 3.0]), (8, [3.0, 3.0, 3.0, 5.0]), (8, [3.0, 3.4, 3.8, 4.2]),
])  # fmt: skip
def test_rank_sets_hold_all_true_ranks_with_95_percent(n: int, means: list[float]) -> None:
    """Coverage over 1000 samples; with equal means any rank is true, so that a miss is an alarm.

    A method with k better ones and e equal ones has the true ranks k + 1 to k + 1 + e. A set is
    right when it holds all of them. The standard error of 0.95 is 0.007.
    """
    names = tuple("abcd")
    true = {
        name: (sum(other < m for other in means) + 1, sum(other <= m for other in means))
        for name, m in zip(names, means, strict=True)
    }
    right = 0
    for seed in range(1000):
        table = sample(means, n, 1000 * n + seed)
        places = ranked("x", table, names, all_paired_differences([("x", table)], names))
        right += all(p.best <= true[p.method][0] and p.worst >= true[p.method][1] for p in places)
    assert right / 1000 > 0.95 - 3 * 0.007


def test_what_differs_much_is_shown() -> None:
    shown = 0
    for seed in range(200):
        table = sample([3.0, 5.0], 8, seed)
        first, _ = ranked(
            "x", table, ("a", "b"), all_paired_differences([("x", table)], ("a", "b"))
        )
        shown += (first.method, first.worst) == ("a", 1)
    # power of a paired t test of 2 against an SD of the difference of √2 with n = 8: 0.93
    assert shown / 200 > 0.85


def test_names_must_fit() -> None:
    with pytest.raises(ValueRangeError, match="methods must name each of the 2 columns once"):
        all_paired_differences([("x", np.zeros((3, 2)))], ("a", "a"))
