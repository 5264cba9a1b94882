"""Public recordings whose figures are known, by the code that renders reports/comparison.html."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kinebench.reports.blocks import Document
from kinebench.reports.html import as_html

pytestmark = pytest.mark.mirror

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "known_answers"


@pytest.fixture(scope="module")
def answer() -> Callable[[str], ModuleType]:
    """Import a module of the benchmark."""
    return lambda name: importlib.import_module(f"benchmarks.known_answers.{name}")


@pytest.fixture(scope="module")
def lbmc(
    answer: Callable[[str], ModuleType], mirror_file: Callable[[str], Path]
) -> tuple[Any, Any]:
    mirror_file("Data/stats_descriptives.csv")
    module = answer("joint_angle_methods")
    return module, module.measure()


def test_every_filled_cell_of_the_authors_table_comes_back(lbmc: tuple[Any, Any]) -> None:
    _, answers = lbmc
    assert len(answers.published) == 71
    assert {cell.method for cell in answers.published} == {"Method1", "Method2"}
    for name in ("bias", "conf_interval", "r_squared", "rmsd"):
        apart = [
            abs(getattr(answers.by_index[cell], name) - getattr(row, name))
            for cell, row in answers.published.items()
        ]
        assert max(apart) < 1e-9, name
    assert answers.largest_departure() < 1e-9


def test_some_points_are_lost_to_gaps_after_resampling(lbmc: tuple[Any, Any]) -> None:
    _, answers = lbmc
    counts = {cell: answers.by_index[cell].n for cell in answers.published}
    assert sum(n < 100 for n in counts.values()) == 12
    assert max(counts.values()) == 100


def test_by_time_figures_stay_and_intervals_widen(lbmc: tuple[Any, Any]) -> None:
    _, answers = lbmc
    moved = [abs(answers.by_time[c].rmsd - answers.by_index[c].rmsd) for c in answers.by_time]
    assert np.degrees(np.median(moved)) < 0.1
    wider = [
        answers.by_time[c].conf_interval / answers.by_index[c].conf_interval
        for c in answers.by_time
    ]
    assert np.median(wider) > 2
    assert {cell.method for cell in answers.by_time} == {f"Method{i}" for i in range(1, 6)}


def test_the_best_method_per_joint_has_the_lowest_rmse(lbmc: tuple[Any, Any]) -> None:
    module, answers = lbmc
    best = {row.joint: row for row in module.best_methods(answers)}
    assert len(best) == 9  # one method alone estimates L5S1
    for joint, row in best.items():
        values = {m: answers.mean_rmse(m, joint) for m in answers.methods()}
        found = {m: v for m, v in values.items() if np.isfinite(v)}
        assert row.best == min(found, key=lambda m: found[m])
        assert 0 <= row.tasks_won <= row.n_tasks
    assert best["RKnee_FE"].n_tasks == 3


def test_two_videos_of_subject_2(
    answer: Callable[[str], ModuleType], mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("exampleWalking/walking1_videoAndMocap.mot")
    module = answer("video_walking")
    results = module.measure()
    rmse = {
        name: [round(np.degrees(found.evaluation.value(i, "rmse")), 1) for i in module.SAGITTAL]
        for name, found in results.items()
    }
    assert rmse[module.NEW] == [2.3, 1.8, 2.3, 2.4, 5.3, 6.4]
    assert rmse[module.OLD][:4] == [11.2, 10.1, 5.4, 3.9]
    assert all(found.alignment.lag_s == 0.0 for found in results.values())
    text = as_html(Document("T", (module.section(results),)))
    assert "hip 2.3/1.8°, knee 2.3/2.4°, ankle 5.3/6.4°" in text
    assert "hip 11.2/10.1°, knee 5.4/3.9°" in text


def test_augmented_markers_of_subject_3(
    answer: Callable[[str], ModuleType], mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("OC_val/walking1.trc")
    module = answer("augmented_markers")
    answers = module.measure()
    assert len(module.PAIRS) == 14
    found = answers.augmented.evaluation
    assert 1e3 * found.value("all markers", "mpjpe") == pytest.approx(31.4, abs=0.05)
    removed = answers.offset_removed.evaluation
    assert 1e3 * removed.value("all markers", "mpjpe") == pytest.approx(30.0, abs=0.05)
    hips = answers.hips.evaluation.values("distance_mean")
    assert 31.5 < 1e3 * hips["R_HJC"] < 36.5
    assert 31.5 < 1e3 * hips["L_HJC"] < 36.5
    text = as_html(Document("T", (module.section(answers),)))
    assert "31.4 mm from the optical ones in the mean of 14 pairs (30.0 mm" in text


def test_inverse_kinematics_of_subjects_4_and_5(
    answer: Callable[[str], ModuleType], mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("opensimPipeline/IK/Setup_IK_Mocap.xml")
    pytest.importorskip("opensim")
    module = answer("repeated_ik")
    trials = [trial for trial in module.TRIALS if trial[1] in ("squats1", "STS1", "DJ1")]
    found = {row.trial: row for row in module.measure(trials, every=6)}
    assert all(len(row.angles) == 18 for row in found.values())
    # every sixth frame only: OpenSim starts each frame from the one before, and stops early
    assert found["squats1"].pooled_rms_deg == pytest.approx(0.33, abs=0.03)
    assert found["STS1"].pooled_rms_deg == pytest.approx(0.21, abs=0.03)
    assert not found["squats1"].elsewhere.any()
    jump = found["DJ1"]
    assert jump.pooled_rms_where_alike_deg < 0.5 < 2.0 < jump.pooled_rms_deg
    inside = jump.marker_rms_mm[jump.elsewhere].mean()
    assert inside > 2 * jump.published_marker_rms_mm[jump.elsewhere].mean()
    for row in found.values():
        alike = ~row.elsewhere
        apart = row.marker_rms_mm[alike] - row.published_marker_rms_mm[alike]
        assert np.abs(apart).max() < 1.0
    text = as_html(Document("T", (module.section(list(found.values())),)))
    assert "so the published one is nearer" in text


def test_the_rendered_report_is_there_and_light() -> None:
    report = BENCHMARK.parents[1] / "reports" / "comparison.html"
    text = report.read_text(encoding="utf-8")
    assert len(text.encode()) <= 3_000_000
    assert text.count("<h2 ") == 4
    assert "<script" not in text
    assert "71 filled rows" in text
    # all frames: 0.325 and 0.215 degrees, quoted as 0.33 and 0.21; the last bits round them
    assert re.search(r"squats1 0\.3[23]°", text)
    assert re.search(r"STS1 0\.2[12]°", text)
