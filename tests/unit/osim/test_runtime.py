from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kinebench.core import Model
from kinebench.errors import KinebenchError, ModelError
from kinebench.osim.runtime import Log, load_opensim, quietly, scratch_folder
from kinebench.osim.upgrade import upgraded


class Sink:
    def __init__(self, text: str) -> None:
        self.text = text

    def getString(self) -> str:  # noqa: N802  (OpenSim's name)
        return self.text


def test_an_opensim_that_is_not_installed_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_opensim.cache_clear()
    monkeypatch.setitem(sys.modules, "opensim", None)
    with pytest.raises(KinebenchError, match="pip install opensim"):
        load_opensim()
    load_opensim.cache_clear()


def test_scratch_is_gone_afterwards_even_after_a_failure() -> None:
    kept: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted_in_scratch(kept)
    assert not kept[0].exists()


def interrupted_in_scratch(kept: list[Path]) -> None:
    with scratch_folder() as folder:
        kept.append(folder)
        (folder / "file").touch()
        raise KeyboardInterrupt


def test_nothing_reaches_standard_output(
    leg_model: Model, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    opensim = load_opensim()
    (tmp_path / "leg.osim").write_bytes(leg_model.xml)
    sys.stdout.write("before\n")  # still in Python's buffer
    with quietly(opensim):
        opensim.Model(str(tmp_path / "leg.osim")).initSystem()
        os.write(1, b"straight to the descriptor\n")
    sys.stdout.write("after\n")
    assert capfd.readouterr().out == "before\nafter\n"


def test_output_returns_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), quietly(load_opensim()):
        raise RuntimeError
    os.write(1, b"here again")
    assert capfd.readouterr().out == "here again"


@pytest.mark.parametrize(
    ("log", "error", "reason"),
    [
        ("[info] a\n[error] no marker\n[info] b", "", "no marker"),
        ("[warning] Couldn't find file 'tibia.vtp'.", "", "OpenSim gave no reason"),
        ("", "bad joint\n\tThrown at Model.cpp:3 in f().", "bad joint"),
        ("[error] bad joint", "bad joint", "bad joint"),
        ("only this", "", "only this"),
        ("", "", "OpenSim gave no reason"),
    ],
)
def test_reasons(log: str, error: str, reason: str) -> None:
    assert Log(Sink(log)).reason(error) == reason


def test_a_long_log_ends_with_what_came_last() -> None:
    log = "\n".join(f"[error] number {index}" for index in range(100))
    reason = Log(Sink(log)).reason()
    assert reason.endswith("number 99")
    assert len(reason) <= 400


def test_the_user_s_folder_stays_clean(
    leg_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    upgraded(leg_model)
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_written_in_today_s_format(leg_model: Model) -> None:
    new = upgraded(leg_model)
    assert new.name == "leg"
    assert b"knee_angle_r" in new.xml
    assert new.xml != leg_model.xml


def test_a_model_that_opensim_refuses_is_named_with_its_reason(leg_model: Model) -> None:
    strange = Model("leg", leg_model.xml.replace(b"PinJoint", b"MagicJoint"))
    with pytest.raises(ModelError, match=r"OpenSim cannot rewrite leg.*MagicJoint"):
        upgraded(strange)
