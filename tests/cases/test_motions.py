"""Strangers' motion files that once gave a wrong figure without a word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinebench.cli.main import main

HERE = Path(__file__).parent
Compared = Callable[..., dict[str, Any]]


@pytest.fixture
def compared(capsys: pytest.CaptureFixture[str]) -> Compared:
    def run(case: str, reference: str, estimate: str, *options: str) -> dict[str, Any]:
        files = [str(HERE / case / name) for name in (reference, estimate)]
        assert main(["compare", *files, "--json", *options]) == 0
        pair: dict[str, Any] = json.loads(capsys.readouterr().out)["pairs"][0]
        return pair

    return run


def figures(pair: dict[str, Any], metric: str) -> dict[str, tuple[float, str]]:
    return {
        row["coordinate"]: (row["value"], row["unit"])
        for row in pair["figures"]
        if row["metric"] == metric
    }


@pytest.mark.parametrize(
    "files", [("ref.mot", "est.mot"), ("ref.sto", "est.sto"), ("ref.mot", "est.sto")]
)
def test_translations_with_a_side(compared: Compared, files: tuple[str, str]) -> None:
    bias = figures(compared("01-translation-with-side", *files), "bias")
    for name, millimetres in {"knee_tx_r": 2.0, "knee_ty_r": 3.0, "pf_tx_r": 1.0}.items():
        assert bias[name] == (pytest.approx(millimetres / 1000, abs=1e-7), "m")


def test_forces_beside_coordinates_are_not_scored(compared: Compared) -> None:
    pair = compared("02-columns-that-are-no-coordinates", "ref.mot", "est.mot")
    assert set(figures(pair, "rmse")) == {"pelvis_tilt", "pelvis_tx", "knee_angle_r"}
    assert {"item": "ground_force_vy", "reason": "a force or moment"} in pair["excluded"]


def test_force_columns_of_one_name_do_not_spoil_the_coordinates(compared: Compared) -> None:
    options = ("--coordinates", "knee_angle_l")
    pair = compared("02b-force-columns-twice", "ref.mot", "est.mot", *options)
    assert figures(pair, "bias") == {"knee_angle_l": (pytest.approx(0.0174533, abs=1e-7), "rad")}


def test_a_motion_of_former_opensim_is_in_degrees(compared: Compared) -> None:
    pair = compared("06-no-version-no-inDegrees", "new.mot", "old.mot")
    assert max(value for value, _ in figures(pair, "rmse").values()) < 1e-8
    assert any("neither version nor inDegrees" in remark["message"] for remark in pair["remarks"])


@pytest.mark.parametrize("files", [("old.mot", "new.mot"), ("new.mot", "old.mot")])
def test_coupled_angles_in_two_units(compared: Compared, files: tuple[str, str]) -> None:
    pair = compared("12-coupled-old-and-new", *files)
    assert set(figures(pair, "bias")) == {"pelvis_tilt", "knee_angle_l"}
    reasons = {row["item"]: row["reason"] for row in pair["excluded"]}
    assert "57.3 times larger: degrees on one side" in reasons["pat_angle_l"]


def test_times_in_milliseconds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(HERE / "18-mot-time-in-ms" / name) for name in ("ref.mot", "est_ms.mot")]
    for order in (files, files[::-1], files[1:] * 2):
        assert main(["compare", *order]) == 2
        error = capsys.readouterr().err
        assert "probably in ms: divide its times by 1000" in error
        assert error.count("\n") == 1


def cycles(pair: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {"right": [], "left": []}
    for part in pair["repetitions"]:
        found[part["side"]].append((round(part["start_s"], 2), round(part["end_s"], 2)))
    return found


def test_gait_there_and_back_has_the_steps_of_there_twice(compared: Compared) -> None:
    case, events = "09-gait-there-and-back", ("--events", "gait")
    there = cycles(compared(case, "there_only.trc", "there_only.trc", *events))
    assert there == {"right": [(1.07, 2.13)], "left": [(0.53, 1.6), (1.6, 2.67)]}
    pair = compared(case, "there_and_back.trc", "there_and_back.trc", *events)
    both = cycles(pair)
    assert both["right"] == [(1.07, 2.13), (4.3, 5.37)]
    assert both["left"][:3] == [(0.53, 1.6), (1.6, 2.67), (3.77, 4.83)]
    assert any("the walk turns by 18" in remark["message"] for remark in pair["remarks"])


def test_gait_on_a_treadmill(compared: Compared) -> None:
    files = ("19-gait-on-a-treadmill", "treadmill.trc", "treadmill.trc", "--events", "gait")
    told, stated = compared(*files), compared(*files, "--walking-direction", "1", "0")
    expected = {"right": [(1.07, 2.13)], "left": [(0.53, 1.6), (1.6, 2.67)]}
    assert cycles(told) == cycles(stated) == expected
