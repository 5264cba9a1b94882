"""The shipped augmenter: what its card says is so."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import LSTMAugmenter, read_version
from kinebench.augmentation.catalogue import LocalFiles, version
from kinebench.core.provenance import digest
from kinebench.errors import AugmentationError, ValueRangeError
from kinebench.training import Cohort, Recipe, VirtualTrial, card_text, judge, mean_errors
from kinebench.training.lab_1 import HELD_OUT, RECIPE, TRAINING, UNTRAINED, train

ROW = version("lab-1")
FOLDER = ROW.files.folder if isinstance(ROW.files, LocalFiles) else Path()
BAR_M = 0.005  # above the floor


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    return tomllib.loads(FOLDER.joinpath("card.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def held_out() -> tuple[VirtualTrial, ...]:
    return tuple(replace(HELD_OUT, n_subjects=1, activities=("standing", "squat", "gait")))


def test_the_row_is_the_shipped_version() -> None:
    assert read_version(FOLDER) == ROW
    assert UNTRAINED.networks == ROW.networks
    assert {"lab_1", "full.npz"} == {FOLDER.name, ROW.networks[0].folder}


def test_the_card_describes_the_weights(card: dict[str, Any]) -> None:
    weights = FOLDER / "full.npz"
    assert card["weights_sha256"] == {"full.npz": hashlib.sha256(weights.read_bytes()).hexdigest()}
    assert weights.stat().st_size < 1.5e6
    assert card["recipe"]["steps"] == RECIPE.steps
    assert tuple(card["recipe"]["units"]) == RECIPE.units
    for title, cohort in (("training", TRAINING), ("held_out", HELD_OUT)):
        assert card[title]["population"] == cohort.population.name
        assert card[title]["n_subjects"] == cohort.n_subjects
    assert TRAINING.population.name != HELD_OUT.population.name


def test_the_held_out_error_meets_the_bar(card: dict[str, Any]) -> None:
    for activity, row in card["error_mm"].items():
        assert row["floor"] < row["error"], activity
        assert row["noiseless"] < row["error"], activity
    stated = card["error_mm"]["all"]
    assert stated["error"] <= stated["floor"] + 1000 * BAR_M


def test_held_out_subjects_again(card: dict[str, Any], held_out: tuple[VirtualTrial, ...]) -> None:
    errors = judge(LSTMAugmenter("lab-1", warm_up_s=1.0), held_out)
    for one in errors:
        assert one.error_m < 0.022, one.trial
    mean = mean_errors(errors)
    stated = card["error_mm"]["all"]
    assert mean.error_m < (stated["error"] + 2.0) / 1000
    assert mean.floor_m < mean.noiseless_error_m < mean.error_m


def test_the_floor_is_the_oracles_error(held_out: tuple[VirtualTrial, ...]) -> None:
    (one, *_) = judge(LSTMAugmenter("lab-1"), held_out[:1])
    shifts = HELD_OUT.population.subject(1).marker_shifts
    assert one.floor_m == pytest.approx(np.mean([np.linalg.norm(s) for _, s in shifts]))
    perfect = replace(held_out[0], nominal_markers=held_out[0].markers)
    assert judge(LSTMAugmenter("lab-1"), [perfect])[0].floor_m == 0
    with pytest.raises(ValueRangeError, match="no trial of 'gait' among 1"):
        mean_errors([one], "gait")
    assert mean_errors([one], "standing").error_m == one.error_m


def test_heading_does_not_matter_much(held_out: tuple[VirtualTrial, ...]) -> None:
    """All headings were trained: a turned person is augmented as well."""
    squat = held_out[1]
    errors = []
    for angle in np.radians([0, 60, 120, 180, 240, 300]):
        c, s = np.cos(angle), np.sin(angle)
        R = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        keypoints = squat.keypoints.with_positions(squat.keypoints.positions @ R.T)
        found = LSTMAugmenter("lab-1", warm_up_s=1.0)(keypoints, squat.subject)
        wanted = squat.markers.select(found.names).positions @ R.T
        errors.append(np.linalg.norm(found.positions - wanted, axis=2).mean())
    assert np.ptp(errors) < 0.004


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_training_on_a_tiny_budget(tmp_path: Path) -> None:
    from kinebench.augmentation import write_version

    cohort = replace(TRAINING, n_subjects=2, takes=1, activities=("standing",))
    recipe = Recipe("tiny", units=(10,), n_frames=100, batch=4, steps=3)
    steps: list[int] = []
    one = train(UNTRAINED, cohort, recipe, lambda step, _: steps.append(step))
    assert steps == [1, 2, 3]
    assert train(UNTRAINED, cohort, recipe) == one
    mine = write_version(tmp_path, replace(UNTRAINED, name="mine"), one)
    errors = judge(LSTMAugmenter(mine), cohort)
    assert all(row.error_m < 0.2 for row in errors)
    text = card_text(mine, cohort, recipe, cohort, errors)
    card = tomllib.loads(text)
    assert card["name"] == "mine"
    assert card["training"]["population_sha256"] == digest(_fields(cohort))
    assert set(card["error_mm"]) == {"all", "standing"}
    with pytest.raises(AugmentationError, match="no weights of its own"):
        card_text(UNTRAINED, cohort, recipe, cohort, errors)


def _fields(cohort: Cohort) -> dict[str, Any]:
    from kinebench.core.provenance import describe

    described: dict[str, Any] = describe(cohort.population)
    return described
