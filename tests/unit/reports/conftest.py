from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from kinebench.comparison import Comparison, Procedure, compare_recordings
from kinebench.comparison.groups import group_rows_of
from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchWarning
from kinebench.events import ManualEvent
from kinebench.remarks import Remark
from kinebench.reports.pdf import browser

NAMES = ("pelvis_tilt", "pelvis_ty", "hip_flexion_r", "hip_flexion_l")


class Opened(NamedTuple):
    """What a browser made of a page: its elements when scripts have run, and what it logged."""

    elements: str
    log: str


@pytest.fixture(scope="session")
def installed_browser() -> str:
    """The browser that pages are opened with."""
    found = browser()
    if found is None:
        pytest.skip("no Chromium, Chrome or Edge to open pages with")
    return found


@pytest.fixture(scope="session")
def opened(
    installed_browser: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Opened]:
    """Open a page without a window."""

    def open_page(page: str) -> Opened:
        folder = tmp_path_factory.mktemp("browser")
        path = folder / "page.html"
        path.write_text(page, encoding="utf-8")
        done = subprocess.run(
            [
                installed_browser, "--headless", "--no-sandbox", "--disable-gpu",
                "--enable-logging=stderr", "--log-level=0", "--window-size=1000,800",
                "--virtual-time-budget=3000", f"--user-data-dir={folder / 'profile'}",
                "--dump-dom", path.as_uri(),
            ],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        return Opened(done.stdout, done.stderr)

    return open_page


def _motion() -> Motion:
    times = np.arange(201) / 100
    columns, coordinates = [], []
    for i, name in enumerate(NAMES):
        length = name == "pelvis_ty"
        columns.append((0.1 if length else 0.5) * np.sin(2 * np.pi * times + 0.7 * i))
        coordinates.append(Coordinate(name, "translational" if length else "rotational"))
    return Motion(tuple(coordinates), times, np.stack(columns, axis=1))


def _estimate(seed: int) -> Motion:
    reference = _motion()
    error = np.random.default_rng(seed).normal(0.02, 0.01, reference.values.shape)
    return replace(reference, values=reference.values + error)


@pytest.fixture(scope="session")
def one_trial() -> Comparison:
    """One pair with errors of about 0.02 rad or m."""
    result = compare_recordings(_motion(), _estimate(1), Procedure(), "s1", "walk")
    return Comparison(Procedure(), (result,))


@pytest.fixture(scope="session")
def with_repetitions() -> Comparison:
    """One pair with two named intervals."""
    how = Procedure(
        events=(ManualEvent("first", 0.0, 1.0, ""), ManualEvent("second", 1.0, 2.0, ""))
    )
    result = compare_recordings(_motion(), _estimate(1), how, "s1", "walk")
    return Comparison(how, (result,))


@pytest.fixture(scope="session")
def group() -> Comparison:
    """Three subjects, a trial each."""
    results = tuple(
        compare_recordings(_motion(), _estimate(seed), Procedure(), f"s{seed}", "walk")
        for seed in (1, 2, 3)
    )
    with pytest.warns(KinebenchWarning, match="fewer than 20"):
        rows = group_rows_of(results, Procedure())
    return Comparison(
        Procedure(),
        results,
        (),
        rows,
        (Remark("few subjects", "warning", "3 subjects: too narrow"),),
    )


@pytest.fixture(scope="session")
def of_markers() -> Comparison:
    """One pair of markers, 20 mm apart."""
    names = ("r_knee", "L_knee", "r_toe", "L_toe", "C7")
    base = np.random.default_rng(3).normal(size=(1, 5, 3)) + np.zeros((50, 5, 3))
    base[..., 1] += 0.1 * np.sin(np.arange(50) / 5)[:, None]
    reference = Markers(names, np.arange(50) / 50, base)
    estimate = reference.with_positions(base + np.array([0.0, 0.02, 0.0]))
    return Comparison(Procedure(), (compare_recordings(reference, estimate, Procedure()),))
