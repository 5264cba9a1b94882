from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kinebench.cli.main import main
from kinebench.studies.demo import demonstration


@pytest.fixture
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No mirror, an empty cache, no network."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("the demonstration must not ask the network")

    monkeypatch.delenv("KINEBENCH_MIRROR", raising=False)
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("socket.socket.connect", refuse)


@pytest.mark.usefixtures("nothing_at_hand")
def test_the_demonstration_needs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        out = tmp_path / name
        assert main(["demo", "--subjects", "1", "--workers", "1", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "16 pipeline runs: 16 done" in said
    assert "v0.3, whose files are not here" in said
    assert str(tmp_path / "one" / "report.html") in said
    assert (tmp_path / "one" / "report.html").stat().st_size > 10_000
    for name in ("results.csv", "outcomes.csv", "manifest.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.usefixtures("nothing_at_hand")
def test_a_worse_static_pose_is_worse(tmp_path: Path) -> None:
    main(["demo", "--subjects", "1", "--workers", "1", "--out", str(tmp_path)])
    with (tmp_path / "results.csv").open() as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["metric"] == "rmse" and row["item"].startswith("knee_angle")
        ]

    def mean(pose: str) -> float:
        values = [float(row["value"]) for row in rows if row["static pose"] == pose]
        return sum(values) / len(values)

    assert mean("ideal") < mean("knees 20°") < mean("trial start")


def test_published_versions_join_when_their_files_are_here(
    mirror_file: object,
) -> None:
    assert callable(mirror_file)
    mirror_file("LSTM/v0.3_lower/weights.h5")
    labels = [level.label for level in demonstration().study.factors[-1].levels]
    assert labels == ["lab-1", "v0.0", "v0.1", "v0.2", "v0.3"]
    assert demonstration().left_out == ()
