from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kinebench.reports.study.effects import (
    Change,
    at_first_levels,
    effect_of,
    effects_of,
    interaction_of,
    level_means,
    strongest_interactions,
)
from kinebench.statistics import equivalence, holm, paired_contrasts
from kinebench.studies.analysis.scores import LAG_REMOVED, OFFSET_REMOVED, Score, scores_of
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.execution.cells import Outcome


@pytest.fixture
def scores(outcomes: tuple[Outcome, ...]) -> tuple[Score, ...]:
    return scores_of(outcomes)


def test_an_effect_is_what_was_written(study: Study, scores: tuple[Score, ...]) -> None:
    effect = effect_of(study.factors[1], scores)
    assert effect.n_subjects == 4
    assert effect.share == 1.0
    assert effect.baseline == "v0.3"
    # half a degree extra at one of three filters
    assert math.degrees(effect.changes[0].contrast.mean) == pytest.approx(2 + 0.5 / 3)
    assert math.degrees(effect.means["v0.3"]) == pytest.approx(6.5 - 0.5, abs=0.02)


def test_the_interval_is_that_of_the_paired_contrasts(
    study: Study, scores: tuple[Score, ...]
) -> None:
    effect = effect_of(study.factors[0], scores)
    sixth = [-0.75 + 0.1, -0.75 - 0.1] * 2
    table = np.array([[0.0, change, -0.5] for change in sixth]) + np.arange(4)[:, None]
    with pytest.warns(UserWarning, match="all differences are equal"):
        expected = paired_contrasts(table, ["none", "6 Hz", "Challis"], "none")
    for change, contrast in zip(effect.changes, expected, strict=True):
        assert change.level == contrast.name.split(" - ")[0]
        assert math.degrees(change.contrast.mean) == pytest.approx(contrast.mean)
    found = effect.changes[0].contrast
    assert math.degrees(found.interval.low) == pytest.approx(expected[0].interval.low)
    assert found.p_adjusted == pytest.approx(expected[0].p_adjusted)
    assert effect.largest == effect.changes[0]


def test_other_measures_give_other_effects(study: Study, scores: tuple[Score, ...]) -> None:
    whole = effect_of(study.factors[1], scores).changes[0].contrast.mean
    for measure, part in ((OFFSET_REMOVED, 0.5), (LAG_REMOVED, 0.9)):
        found = effect_of(study.factors[1], scores, measure).changes[0].contrast.mean
        assert found == pytest.approx(part * whole)


def test_what_lacks_one_level_counts_at_none(study: Study, scores: tuple[Score, ...]) -> None:
    lacking = [
        score
        for score in scores
        if not (score.labels["subject"] == "s0" and score.labels["filter"] == "6 Hz")
    ]
    assert effect_of(study.factors[0], lacking).n_subjects == 3
    assert effect_of(study.factors[0], lacking).share == pytest.approx(18 / 22)


def test_a_level_that_was_never_done_is_no_level(study: Study, scores: tuple[Score, ...]) -> None:
    done = [score for score in scores if score.labels["filter"] != "none"]
    effect = effect_of(study.factors[0], done)
    assert effect.baseline == "6 Hz"
    assert [change.level for change in effect.changes] == ["Challis"]
    assert math.degrees(effect.changes[0].contrast.mean) == pytest.approx(0.25)


def test_one_subject_has_no_interval(study: Study, scores: tuple[Score, ...]) -> None:
    alone = [score for score in scores if score.labels["subject"] == "s2"]
    contrast = effect_of(study.factors[1], alone).changes[0].contrast
    assert math.degrees(contrast.mean) == pytest.approx(2 + 0.5 / 3)
    assert math.isnan(contrast.interval.low)


def test_nothing_done_is_no_effect(study: Study) -> None:
    effect = effect_of(study.factors[0], [])
    assert (effect.changes, effect.largest, effect.baseline) == ((), None, "")
    assert level_means(study.factors[0], [], lambda score: 1.0).levels == ()


def test_means_of_a_quantity_per_level(study: Study, scores: tuple[Score, ...]) -> None:
    means = level_means(study.factors[1], scores, lambda score: score.drops["hip"])
    assert means.levels == ("v0.3", "lab-1")
    assert means.means == pytest.approx((0.0015, -0.0085))
    assert means.intervals[1].low < -0.0085 < means.intervals[1].high
    # Student with 3 degrees of freedom: 3.182 sd / sqrt(4)
    half = 3.1824463 * np.std([0, 1, 2, 3], ddof=1) * 1e-3 / 2
    assert means.intervals[0].width == pytest.approx(2 * half)


def test_an_interaction_is_what_does_not_add_up(study: Study, scores: tuple[Score, ...]) -> None:
    one, other = study.factors
    found = interaction_of(one, other, scores)
    assert found is not None
    assert found.means.shape == (3, 2)
    # 0.5° at one cell of 3 × 2 leaves 0.5 (1 − 1/3) (1 − 1/2) there
    assert abs(math.degrees(found.departure)) == pytest.approx(0.5 * (2 / 3) * 0.5)
    assert found.first_levels[found.place[0]] == "6 Hz"
    # the same departure in every subject
    assert found.interval.width == pytest.approx(0, abs=1e-12)
    assert found.n_subjects == 4


def test_factors_that_add_up_do_not_interact(study: Study, scores: tuple[Score, ...]) -> None:
    without = [score for score in scores if score.labels["filter"] != "6 Hz"]
    one, other = study.factors
    found = interaction_of(one, other, without)
    assert found is not None
    assert found.departure == pytest.approx(0, abs=1e-12)


def test_one_level_interacts_with_nothing(study: Study, scores: tuple[Score, ...]) -> None:
    single = Factor("other", "solve", (Level("only", None),))
    labelled = [replace(s, labels={**s.labels, "other": "only"}) for s in scores]
    assert interaction_of(study.factors[0], single, labelled) is None
    assert len(strongest_interactions((*study.factors, single), labelled)) == 1
    broken = [s for s in scores if (s.labels["filter"], s.labels["augmenter"]) != ("none", "v0.3")]
    one, other = study.factors
    assert interaction_of(one, other, broken) is None


def test_other_factors_stand_at_their_first_levels(study: Study, scores: tuple[Score, ...]) -> None:
    filtered, augmented = effects_of(study.factors, scores)
    # without what 6 Hz and lab-1 do together
    assert math.degrees(augmented.changes[0].contrast.mean) == pytest.approx(2)
    assert math.degrees(filtered.changes[0].contrast.mean) == pytest.approx(-1)
    kept = at_first_levels(study.factors, scores, "filter")
    assert {score.labels["augmenter"] for score in kept} == {"v0.3"}
    assert {score.labels["filter"] for score in kept} == {"none", "6 Hz", "Challis"}
    # a first level that was never done gives way to the next
    later = [score for score in scores if score.labels["augmenter"] != "v0.3"]
    assert {s.labels["augmenter"] for s in at_first_levels(study.factors, later)} == {"lab-1"}


def test_p_values_are_adjusted_over_levels_and_activities(
    study: Study, scores: tuple[Score, ...]
) -> None:
    rng = np.random.default_rng(1)
    noisy = [
        replace(score, angles={m: {a: v + 0.01 * rng.normal() for a, v in found.items()}
                               for m, found in score.angles.items()})
        for score in scores
    ]  # fmt: skip
    walking = [replace(s, labels={**s.labels, "activity": "walking"}) for s in noisy[::-1]]
    effects = [e for e in effects_of(study.factors, [*noisy, *walking]) if e.factor == "filter"]
    assert [effect.activity for effect in effects] == ["squat", "walking"]
    contrasts = [change.contrast for effect in effects for change in effect.changes]
    assert len(contrasts) == 4
    expected = holm(np.array([contrast.p for contrast in contrasts]))
    assert [contrast.p_adjusted for contrast in contrasts] == pytest.approx(expected.tolist())


def test_a_level_is_equivalent_only_where_that_is_shown(
    study: Study, scores: tuple[Score, ...]
) -> None:
    def changes(margin_deg: float | None) -> list[Change]:
        margin = None if margin_deg is None else math.radians(margin_deg)
        return list(effects_of(study.factors, scores, margin=margin)[0].changes)

    assert not any(change.equivalent for change in changes(None))
    assert all(math.isnan(change.p_equivalent) for change in changes(None))
    # 6 Hz changes by -1.1 and -0.9, so the 90 % interval ends at -1.14
    assert [change.equivalent for change in changes(1.1)] == [False, True]
    assert [change.equivalent for change in changes(1.2)] == [True, True]
    sixth = math.radians(1) * np.array([-0.9, -1.1] * 2)
    alone = equivalence(np.zeros(4), sixth, math.radians(1.2)).p
    found = changes(1.2)[0].p_equivalent
    assert found in (pytest.approx(alone), pytest.approx(2 * alone))
    one = [score for score in scores if score.labels["subject"] == "s0"]
    assert not any(c.equivalent for e in effects_of(study.factors, one, margin=9.0)
                   for c in e.changes)  # fmt: skip
