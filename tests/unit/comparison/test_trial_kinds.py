"""A mean over subjects is of one kind of trial."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from kinebench.cli.main import main
from kinebench.comparison import Comparison, Procedure, compare_recordings, comparison_of
from kinebench.comparison.agreement import agreement_of
from kinebench.comparison.pairs import pairs_from_csv
from kinebench.comparison.trial_kinds import trial_kind
from kinebench.core import Coordinate, Motion
from kinebench.errors import ValueRangeError
from kinebench.io.mot import write_motion

Capture = pytest.CaptureFixture[str]
N = 5


def knee(offset_deg: float) -> Motion:
    times = np.arange(101) / 100
    values = np.radians(30 + 30 * np.sin(6 * times) + offset_deg)[:, None]
    return Motion((Coordinate("knee_angle_r"),), times, values)


def off(subject: int, kind: str) -> float:
    """8° too deep in squats, 8° too little in walking: 0 in the mean over both."""
    return (8.0 if kind == "squats" else -8.0) + 0.1 * subject


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for subject in range(N):
        for kind in ("squats", "walking"):
            for side, wrong in (("mocap", 0.0), ("video", off(subject, kind))):
                folder = tmp_path / side / f"s{subject}"
                folder.mkdir(parents=True, exist_ok=True)
                write_motion(folder / f"{kind}1.mot", knee(wrong + subject * bool(wrong)))
    return str(tmp_path / "mocap"), str(tmp_path / "video")


@pytest.mark.parametrize(
    ("trial", "kind"),
    [
        ("squats1", "squat"), ("squatsAsym2", "squat"), ("walkingTS3", "gait"), ("gait_02", "gait"),
        ("STSweakLegs1", "sts"), ("DJ2", "jump"), ("session1/Walking1", "gait"),
        ("S01_squat_2", "squat"), ("lunge1", "lunge"), ("lunge12", "lunge"), ("trial_7", "trial"),
        ("12", "unknown"), ("a", "unknown"), ("lunge_l", "lunge_l"),
    ],
)  # fmt: skip
def test_the_name_tells_the_kind_whatever_its_number_and_variant(trial: str, kind: str) -> None:
    assert trial_kind(trial) == kind


def test_a_stated_activity_wins() -> None:
    assert trial_kind("squats1", "Gait") == "gait"
    assert trial_kind("a", "stair climb") == trial_kind("b", "Stair Climb") == "stair_climb"


def compared(pool: bool) -> Comparison:
    how = Procedure(pool_kinds=pool)
    pairs = [
        compare_recordings(knee(0), knee(off(n, kind)), how, f"s{n}", f"{kind}1", None, False)
        for n in range(N)
        for kind in ("squats", "walking")
    ]
    return comparison_of(pairs, how)


def bias(found: Comparison) -> float:
    row = next(r for r in found.groups if (r.item, r.metric) == ("knee_angle_r", "bias"))
    return float(np.degrees(row.figure.summary.mean))


def test_no_figure_over_subjects_is_over_two_kinds() -> None:
    found = compared(pool=False)
    assert found.groups == ()
    assert list(found.parts) == ["gait", "squat"]
    # 0.1° times the mean of 0 … 4
    assert bias(found.parts["squat"]) == pytest.approx(8.2)
    assert bias(found.parts["gait"]) == pytest.approx(-7.8)
    with pytest.raises(ValueRangeError, match=r"2 kinds of trials: gait, squat; .*--pool"):
        agreement_of(found)
    for part in found.by_kind.values():
        rows = agreement_of(part, np.radians(5))
        assert {row.equivalence.equivalent for row in rows[:3] if row.equivalence} == {False}


def test_pooling_is_asked_for() -> None:
    found = compared(pool=True)
    assert bias(found) == pytest.approx(0.2)
    assert (found.parts, found.pooled_kinds) == ({}, ("gait", "squat"))


def test_one_kind_is_one_table() -> None:
    found = compared(pool=False)
    squats = comparison_of(found.parts["squat"].pairs, Procedure())
    assert (squats.parts, squats.pooled_kinds) == ({}, ())
    assert list(squats.by_kind) == [""]


def test_terminal_page_json_and_tables_keep_them_apart(
    folders: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    outputs = [tmp_path / name for name in ("t.csv", "t.tex", "r.html")]
    options = [f"--{o}={p}" for o, p in zip(("csv", "latex", "report"), outputs, strict=True)]
    assert main(["compare", *folders, "--margin", "5", *options]) == 0
    text = capsys.readouterr().out
    assert "2 kinds of trials: gait, squat; shown apart" in " ".join(text.split())
    assert "gait: 5 trials of 5 subjects" in text
    assert text.count("agreement over subjects") == 2
    table, latex, page = (path.read_text(encoding="utf-8") for path in outputs)
    rows = [r for r in csv.DictReader(io.StringIO(table)) if r["level"] == "over subjects"]
    assert {row["kind_of_trial"] for row in rows} == {"gait", "squat"}
    assert {(row["subject"], row["trial"]) for row in rows} == {("", "")}
    assert latex.count(r"\begin{table}") == 4
    assert "2 kinds of trials" in page
    assert "Agreement over subjects: squat" in page
    assert main(["compare", *folders, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert (content["groups"], content["agreement"]["outcomes"]) == ([], [])
    assert set(content["kinds_of_trials"]) == {"gait", "squat"}
    assert all(one["agreement"]["outcomes"] for one in content["kinds_of_trials"].values())


def test_the_table_of_figures_has_agreement_in_degrees(
    folders: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "t.csv"
    asked = ["compare", *folders, "--trials", "SQUAT*", "--margin", "10"]
    assert main([*asked, "--csv", str(path)]) == 0
    assert "kinds of trials" not in capsys.readouterr().out
    with path.open(encoding="utf-8", newline="") as file:
        rows = {
            row["metric"]: row
            for row in csv.DictReader(file)
            if row["level"] == "over subjects" and row["outcome"] in ("", "mean")
            and row["coordinate"] == "knee_angle_r"
        }  # fmt: skip
    # offsets of 8, 9.1, 10.2, 11.3 and 12.4°: their mean and, with one pair each, 1.96 SD
    wrong = np.array([off(n, "squats") + n for n in range(N)])
    assert float(rows["bias"]["value"]) == pytest.approx(wrong.mean(), abs=1e-5)
    assert float(rows["agreement_bias"]["value"]) == pytest.approx(wrong.mean(), abs=1e-5)
    half = 1.959964 * wrong.std(ddof=1)
    assert float(rows["upper_limit"]["value"]) == pytest.approx(wrong.mean() + half, abs=1e-4)
    assert float(rows["lower_limit"]["value"]) == pytest.approx(wrong.mean() - half, abs=1e-4)
    assert float(rows["upper_limit"]["ci_low"]) < float(rows["upper_limit"]["value"])
    assert rows["upper_limit"]["unit"] == "°"
    assert "ICC(A,1)" in rows
    test = rows["mean_difference"]
    assert (float(test["margin"]), test["equivalent"]) == (pytest.approx(10), "not shown")


def test_pooled_kinds_are_warned_of(folders: tuple[str, str], capsys: Capture) -> None:
    assert main(["compare", *folders, "--pool"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "warning: 2 kinds of trials: gait, squat; pooled as asked for" in text


def test_methods_are_not_ranked_over_two_kinds(
    folders: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    reference, estimate = folders
    assert main(["compare", reference, estimate, reference]) == 2
    assert "2 kinds of trials: gait, squat" in capsys.readouterr().err
    assert main(["compare", reference, estimate, reference, "--trials", "walk*"]) == 0


def test_a_pattern_that_fits_nothing(folders: tuple[str, str], capsys: Capture) -> None:
    assert main(["compare", *folders, "--trials", "jump*"]) == 2
    assert "--trials jump* fits no trial; there are squats1, walking1" in capsys.readouterr().err


def test_the_list_of_pairs_may_state_the_activity(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_motion(tmp_path / f"{name}.mot", knee(0))
    table = tmp_path / "pairs.csv"
    table.write_text("reference,estimate,trial,activity\na.mot,b.mot,t1,gait\n", encoding="utf-8")
    assert pairs_from_csv(table).pairs[0].activity == "gait"
