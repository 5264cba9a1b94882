"""Adjusted p-values against Benjamini & Hochberg's own example and worked Holm steps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kinebench.errors import ValueRangeError
from kinebench.statistics.multiplicity import CORRECTIONS, benjamini_hochberg, holm

# Benjamini & Hochberg 1995, section 3.2: 15 comparisons of a trial of thrombolysis
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
PUBLISHED += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


def test_published_example_rejects_four() -> None:
    """Their procedure rejects the four smallest at 5 %; familywise control three."""
    assert (benjamini_hochberg(PUBLISHED) <= 0.05).sum() == 4
    assert (holm(PUBLISHED) <= 0.05).sum() == 3


def test_benjamini_hochberg_equals_scipy() -> None:
    p = np.random.default_rng(0).permutation(PUBLISHED)
    expected = stats.false_discovery_control(p, method="bh")
    np.testing.assert_allclose(benjamini_hochberg(p), expected, rtol=1e-12)


def test_holm_by_hand() -> None:
    # 0.01 x 4, 0.02 x 3, then 0.03 x 2 = 0.06, then 0.031 x 1 raised to 0.06
    np.testing.assert_allclose(holm([0.03, 0.01, 0.031, 0.02]), [0.06, 0.04, 0.06, 0.06])


def test_holm_never_exceeds_one() -> None:
    np.testing.assert_allclose(holm([0.9, 0.8]), [1.0, 1.0])


@pytest.mark.parametrize("correction", CORRECTIONS.values())
def test_missing_p_values_do_not_count(correction: type) -> None:
    with_gap = correction([0.01, np.nan, 0.04])
    assert np.isnan(with_gap[1])
    np.testing.assert_array_equal(with_gap[[0, 2]], correction([0.01, 0.04]))
    assert correction([]).shape == (0,)


@pytest.mark.parametrize("correction", CORRECTIONS.values())
def test_one_comparison_needs_no_correction(correction: type) -> None:
    assert correction([0.03]).tolist() == [0.03]


@pytest.mark.parametrize("correction", CORRECTIONS.values())
def test_no_probabilities_are_refused(correction: type) -> None:
    with pytest.raises(ValueRangeError, match="between 0 and 1"):
        correction([0.5, 1.1])
    with pytest.raises(ValueRangeError, match="1 dimension"):
        correction([[0.5]])
