"""`evaluate_motion`: which coordinates, which units, which reasons."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

from kinebench.core import Coordinate, Motion
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.metrics import CATALOGUE, Exclusion, evaluate_motion, metrics_of
from kinebench.metrics.waveform import rmse

TIMES = np.arange(50) / 100


def motion(names: str, values: np.ndarray | None = None, times: np.ndarray = TIMES) -> Motion:
    coordinates = tuple(
        Coordinate(name, "translational" if "_t" in name and name[-2:] != "_r" else "rotational")
        for name in names.split()
    )
    if values is None:
        steps = np.arange(1, len(coordinates) + 1)
        values = np.sin(5 * times[:, None] + steps) * steps / 10
    return Motion(coordinates, times, values)


NAMES = "pelvis_list pelvis_tx knee_angle_r"


def test_rows_are_tidy() -> None:
    reference = motion(NAMES)
    estimate = motion(NAMES, reference.values + 0.01)
    evaluation = evaluate_motion(reference, estimate)
    rows = list(evaluation.rows())
    assert len(rows) == 3 * len(metrics_of("waveform"))
    assert evaluation.items == reference.names
    assert rows[0] | {"value": 0, "ci_low": 0, "ci_high": 0} == {
        "coordinate": "pelvis_list",
        "metric": "bias",
        "value": 0,
        "unit": "rad",
        "n": 50,
        "ci_low": 0,
        "ci_high": 0,
    }
    assert rows[0]["value"] == pytest.approx(0.01)


def test_units_follow_coordinate_and_metric() -> None:
    evaluation = evaluate_motion(motion(NAMES), motion(NAMES))
    units = {(figure.item, figure.metric): figure.unit for figure in evaluation.figures}
    assert units["pelvis_tx", "rmse"] == "m"
    assert units["knee_angle_r", "rmse"] == "rad"
    assert units["pelvis_tx", "lfm_offset"] == "m"
    assert units["pelvis_tx", "lfm_slope"] == "1"
    assert units["knee_angle_r", "peak_timing_error"] == "s"


def test_values_are_those_of_the_functions() -> None:
    reference = motion(NAMES)
    estimate = motion(NAMES, reference.values * 1.3 + 0.02)
    evaluation = evaluate_motion(reference, estimate)
    for metric in metrics_of("waveform"):
        if not metric.needs:
            expected = metric.function(reference.values, estimate.values)
            found = list(evaluation.values(metric.name).values())
            np.testing.assert_allclose(found, expected)


def test_perfect() -> None:
    evaluation = evaluate_motion(motion(NAMES), motion(NAMES))
    for figure in evaluation.figures:
        perfect = CATALOGUE[figure.metric].perfect
        assert perfect is None or figure.value == pytest.approx(perfect, abs=1e-7)


def test_metrics_may_be_chosen() -> None:
    evaluation = evaluate_motion(motion(NAMES), motion(NAMES), ["rmse", "bias", "rmse"])
    assert evaluation.metrics == ("rmse", "bias")
    with pytest.raises(NameNotFoundError, match="did you mean 'rmse'"):
        evaluate_motion(motion(NAMES), motion(NAMES), ["rsme"])
    with pytest.raises(NameNotFoundError, match="side_drop"):
        evaluate_motion(motion(NAMES), motion(NAMES), ["side_drop"])


def test_order_of_the_estimate_does_not_matter() -> None:
    reference = motion(NAMES)
    estimate = motion(NAMES, 1.1 * reference.values)
    turned = estimate.select(estimate.names[::-1])
    assert evaluate_motion(reference, turned) == evaluate_motion(reference, estimate)


def test_excluded_with_reasons() -> None:
    reference = motion("knee_angle_r mtp_angle_r arm_flex_r knee_angle_r_beta")
    estimate = motion("knee_angle_r mtp_angle_r mtp_angle_l hip_flexion_r")
    evaluation = evaluate_motion(reference, estimate, ["rmse"])
    assert evaluation.items == ("knee_angle_r",)
    unobserved = "no marker observes it: no marker sits on the toes body"
    assert set(evaluation.excluded) == {
        Exclusion("mtp_angle_r", unobserved),
        Exclusion("mtp_angle_l", unobserved),
        Exclusion("arm_flex_r", "only the reference has it"),
        Exclusion("hip_flexion_r", "only the estimate has it"),
        Exclusion("knee_angle_r_beta", "coupled: it repeats the knee angle"),
    }


def test_exclusions_may_be_chosen() -> None:
    both = motion("knee_angle_r mtp_angle_r pelvis_ty")
    told = {"pelvis_ty": "it told the lag"}
    evaluation = evaluate_motion(both, both, ["rmse"], not_scored=told)
    assert evaluation.items == ("knee_angle_r", "mtp_angle_r")
    assert evaluation.excluded == (Exclusion("pelvis_ty", "it told the lag"),)


def test_nothing_left() -> None:
    with pytest.raises(ValueRangeError, match="only the reference has it"):
        evaluate_motion(motion("knee_angle_r"), motion("hip_flexion_r"))


def test_times_must_agree() -> None:
    reference = motion(NAMES)
    for times in (TIMES[:-1], TIMES + 0.001):
        with pytest.raises(ValueRangeError, match=r"never align: use kinebench\.alignment"):
            evaluate_motion(reference, motion(NAMES, times=times))
    evaluate_motion(reference, motion(NAMES, times=TIMES + 5e-7))


def test_kinds_must_agree() -> None:
    reference = motion("pelvis_tx")
    estimate = Motion((Coordinate("pelvis_tx", "rotational"),), TIMES, reference.values)
    with pytest.raises(ValueRangeError, match="translational in the reference and rotational"):
        evaluate_motion(reference, estimate)


@pytest.mark.parametrize("name", ["pelvis_rotation", "arm_flex_r", "arm_rot_l"])
def test_angles_that_wrap_are_compared_the_short_way(name: str) -> None:
    truth = np.linspace(2.9, 3.5, 50)[:, None]
    reference = motion(name, truth)
    estimate = motion(name, (truth + 0.01 + np.pi) % (2 * np.pi) - np.pi)
    evaluation = evaluate_motion(reference, estimate)
    assert evaluation.value(name, "bias") == pytest.approx(0.01)
    assert evaluation.value(name, "max_error") == pytest.approx(0.01)
    assert evaluation.value(name, "pearson_r") == pytest.approx(1.0)
    assert evaluation.value(name, "rom_error") == pytest.approx(0.0, abs=1e-12)


def test_angles_that_cannot_wrap_are_not_touched() -> None:
    reference = motion("knee_angle_r", np.zeros((50, 1)))
    estimate = motion("knee_angle_r", np.full((50, 1), 6.0))
    assert evaluate_motion(reference, estimate, ["bias"]).value("knee_angle_r", "bias") == 6.0
    wide = Motion((Coordinate("knee_angle_r", range=(-4.0, 4.0)),), TIMES, np.zeros((50, 1)))
    bias = evaluate_motion(wide, estimate, ["bias"]).value("knee_angle_r", "bias")
    assert bias == pytest.approx(6.0 - 2 * np.pi)


def test_reasons_stand_beside_their_cells() -> None:
    reference = motion(NAMES)
    values = reference.values.copy()
    values[:, 2] = 0.5
    locked = motion(NAMES, values)
    with pytest.warns(KinebenchWarning, match="nrmse of knee_angle_r.*pearson_r of knee") as caught:
        evaluation = evaluate_motion(locked, reference)
    assert len(caught) == 1
    reasons = {(row.item, row.metric): row.reason for row in evaluation.undefined}
    assert "range is too small" in reasons["knee_angle_r", "nrmse"]
    assert "constant" in reasons["knee_angle_r", "pearson_r"]
    undefined = {
        (figure.item, figure.metric) for figure in evaluation.figures if np.isnan(figure.value)
    }
    assert set(reasons) == undefined
    assert {item for item, _ in undefined} == {"knee_angle_r"}


def test_translations_have_their_own_smallest_range() -> None:
    reference = motion("pelvis_tx", 0.009 * np.linspace(0, 1, 50)[:, None])
    with pytest.warns(KinebenchWarning, match="nrmse of pelvis_tx"):
        assert np.isnan(
            evaluate_motion(reference, reference, ["nrmse"]).value("pelvis_tx", "nrmse")
        )
    wider = motion("pelvis_tx", 0.011 * np.linspace(0, 1, 50)[:, None])
    assert evaluate_motion(wider, wider, ["nrmse"]).value("pelvis_tx", "nrmse") == 0.0


def test_gaps_reduce_n() -> None:
    reference, values = motion(NAMES), motion(NAMES).values.copy()
    values[3:7, 1] = np.nan
    evaluation = evaluate_motion(reference, motion(NAMES, values), ["rmse"])
    assert [figure.n for figure in evaluation.figures] == [50, 46, 50]
    assert evaluation.value("pelvis_tx", "rmse") == 0.0


def test_other_warnings_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    import kinebench.metrics.evaluation as module

    def warning_rmse(reference: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        warnings.warn("something else", KinebenchWarning, stacklevel=1)
        return rmse(reference, estimate)

    row = CATALOGUE["rmse"]
    changed = type(row)("rmse", "t", "coordinate", "lower", 0.0, warning_rmse, "somewhere")
    monkeypatch.setattr(module, "CATALOGUE", {"rmse": changed})
    with pytest.warns(KinebenchWarning, match="something else"):
        evaluate_motion(motion(NAMES), motion(NAMES))


def test_unknown_item_and_metric() -> None:
    evaluation = evaluate_motion(motion(NAMES), motion(NAMES), ["rmse"])
    with pytest.raises(NameNotFoundError, match="knee_angle_r"):
        evaluation.value("knee_angle", "rmse")
    with pytest.raises(NameNotFoundError, match="rmse"):
        evaluation.values("mae")


def test_import_is_light() -> None:
    code = (
        "import sys, kinebench.metrics, kinebench.alignment, kinebench.events;"
        "import kinebench.statistics, kinebench.studies.execution.cells;"  # in every worker
        "heavy = {'opensim', 'scipy.signal', 'scipy.stats', 'scipy.optimize', 'scipy.special',"
        " 'numba', 'matplotlib', 'pandas', 'h5py', 'tensorflow'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
