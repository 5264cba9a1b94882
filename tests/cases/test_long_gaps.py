"""Gaps: which are filled by default, what is said of it, and where it stands in the outputs."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cleaning.catalogue import parse_cleaners
from kinebench.cli.main import main
from kinebench.core import Markers
from kinebench.core.provenance import describe
from kinebench.io.sto import read_table
from kinebench.io.trc import read_trc, write_trc
from kinebench.pipeline.filled import (
    filled_gaps,
    filled_per_frame,
    tell_of_filled,
    tell_of_unseen,
)
from kinebench.remarks import collected_remarks

CASES = Path(__file__).parent
LONG = CASES / "08-long-gap-filled-unsaid" / "squat.trc"
NEUTRAL = CASES / "04-zeros-for-missing" / "neutral.trc"
SHORT = CASES / "04-zeros-for-missing" / "squat_nan.trc"
SUBJECT = ("--mass", "73.7", "--height", "1.752", "--augmenter", "lab-1")
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], opencap_files: Path) -> Command:
    """``run(file, options)``: exit code and what stands on stderr; results are in o."""

    def on(path: Path, *options: str) -> tuple[int, str]:
        given = ["--keypoints", str(path), "--static", str(NEUTRAL), *SUBJECT, *options]
        code = main(["run", *given, "--out", str(tmp_path / "o")])
        return code, capsys.readouterr().err

    return on


@pytest.mark.mirror
def test_case_08_is_refused_by_default(run: Command, tmp_path: Path) -> None:
    code, said = run(LONG)
    assert code == 2
    assert "Neck in frames 31–150" in said
    assert "for 2.00 s at the longest" in said
    assert "fill-linear:2;" in said
    assert not (tmp_path / "o").exists()


@pytest.mark.mirror
@pytest.mark.parametrize("how", ["fill-linear", "fill-linear:2", "fill-cubic"])
def test_case_08_is_told_and_flagged_when_asked_for(run: Command, tmp_path: Path, how: str) -> None:
    code, said = run(LONG, "--clean", how, "--engine", "fast")
    assert code == 0
    assert "Neck is missing for 2.00 s in a row, 19 more" in said
    assert "what is filled in there is a guess" in said
    manifest = json.loads((tmp_path / "o" / "run.json").read_text())
    assert manifest["results"]["frames_filled"] == 120
    (gap,) = manifest["resolved"]["filled"]["keypoints"]
    assert (gap["start_s"], len(gap["markers"])) == (0.5, 20)
    table = read_table(tmp_path / "o" / "marker_errors.sto")
    flags = table.values[:, table.columns.index("filled_keypoints")]
    np.testing.assert_array_equal(flags, np.where(read_trc(LONG).missing.all(axis=1), 20, 0))


@pytest.mark.mirror
def test_a_short_gap_is_filled_and_told(run: Command, tmp_path: Path) -> None:
    code, said = run(SHORT, "--engine", "fast")
    assert code == 0
    assert "nothing was seen there: RKnee for 0.17 s" in said
    table = read_table(tmp_path / "o" / "marker_errors.sto")
    flags = table.values[:, table.columns.index("filled_keypoints")]
    np.testing.assert_array_equal(flags, read_trc(SHORT).missing.sum(axis=1))


@pytest.mark.mirror
def test_frames_without_any_marker_are_told_whatever_is_tracked(run: Command) -> None:
    code, said = run(LONG, "--markers", "openpose", "--augmenter", "none", "--engine", "fast")
    assert code == 0
    assert "120 frames have no marker at all, 0.500 to 2.483 s" in said


@pytest.mark.mirror
def test_why_tells_what_is_filled(opencap_files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--keypoints", str(SHORT), "--static", str(NEUTRAL), *SUBJECT, "--engine", "fast"]
    assert main(["why", *given]) == 0
    assert "nothing was seen there: RKnee for 0.17 s" in capsys.readouterr().err


# -- the law, without any model -------------------------------------------------------------------


def recording(missing: np.ndarray) -> Markers:
    n_frames, n_markers = missing.shape
    positions = np.arange(missing.size * 3.0).reshape(n_frames, n_markers, 3)
    positions[missing] = np.nan
    return Markers(tuple("abcdef"[:n_markers]), np.arange(n_frames) / 60, positions)


@st.composite
def gappy(draw: st.DrawFn) -> np.ndarray:
    """Each marker is seen in the first and the last frame, and in others at random."""
    flags = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=4, max_size=50))
    )
    flags[[0, -1]] = False
    return flags


@given(gappy(), st.sampled_from(["fill-linear", "fill-linear:0.1", "fill-cubic", "none"]))
def test_what_was_missing_and_is_no_longer_is_flagged(missing: np.ndarray, how: str) -> None:
    before = recording(missing)
    after = before
    for cleaner in parse_cleaners(how):
        after = cleaner(after)
    counts = filled_per_frame(describe(filled_gaps(before, after)), before.times)
    np.testing.assert_array_equal(counts, (before.missing & ~after.missing).sum(axis=1))


def test_a_gap_lasts_as_many_intervals_as_it_has_frames() -> None:
    for times, seconds in (([0.0, 0.5], 0.5), ([0.0], 0.0)):
        after = Markers(("a",), np.array(times), np.zeros((len(times), 1, 3)))
        missing = np.zeros(after.positions.shape)
        missing[-1] = np.nan
        (gap,) = filled_gaps(after.with_positions(missing), after)
        assert (gap.start_s, gap.end_s, gap.duration_s) == (times[-1], times[-1], seconds)
        assert gap.markers == ("a",)


@pytest.mark.parametrize("rate", [30.0, 100.0, 240.0])
def test_another_rate_keeps_the_flags(rate: float) -> None:
    missing = np.zeros((120, 2), bool)
    missing[40:70, 0] = True
    before = recording(missing)
    filled = parse_cleaners("fill-linear")[0](before)
    gaps = filled_gaps(before, filled)
    times = parse_cleaners(f"resample:{rate:g}")[0](filled).times
    flags = filled_per_frame(describe(gaps), times)
    np.testing.assert_array_equal(flags == 1, (times > 39.01 / 60) & (times < 69.99 / 60))
    assert gaps[0].duration_s == pytest.approx(0.5)


def test_words_name_the_longest_gaps_and_leave_out_the_short() -> None:
    missing = np.zeros((300, 6), bool)
    missing[10:12] = True  # 0.03 s
    for column, (start, stop) in enumerate([(20, 50), (60, 68), (80, 140), (150, 157), (160, 170)]):
        missing[start:stop, column] = True
    before = recording(missing)
    gaps = filled_gaps(before, parse_cleaners("fill-linear")[0](before))
    with collected_remarks() as told:
        tell_of_filled(gaps, "movement")
        tell_of_filled((), "movement")
    (remark,) = told
    assert (remark.code, remark.recording) == ("gaps", "movement")
    assert remark.where == ("a", "b", "c", "d", "e")
    assert remark.text == (
        "gaps of the keypoints are filled, nothing was seen there: c for 1.00 s (1.333 to 2.317);"
        " a for 0.50 s (0.333 to 0.817); e for 0.17 s (2.667 to 2.817); b for 0.13 s"
        " (1.000 to 1.117) and 1 more"
    )


def test_frames_without_markers_in_words() -> None:
    missing = np.zeros((60, 2), bool)
    with collected_remarks() as told:
        tell_of_unseen(recording(missing))
    assert told == []
    missing[10:20], missing[30, 0] = True, True
    with collected_remarks() as told:
        tell_of_unseen(recording(missing))
    assert [remark.text for remark in told] == [
        "10 frames have no marker at all, 0.167 to 0.317 s: no angle there is measured"
    ]
    assert told[0].spans_s == ((pytest.approx(10 / 60), pytest.approx(19 / 60)),)


def test_the_limit_of_the_default_is_half_a_second(tmp_path: Path) -> None:
    from kinebench.pipeline.plan import FILES_CLEAN

    squat = read_trc(SHORT)
    positions = np.array(squat.positions)
    positions[20:50, 3] = np.nan  # 0.5 s
    positions[60:91, 5] = np.nan
    write_trc(tmp_path / "t.trc", squat.with_positions(positions))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled = FILES_CLEAN[0](read_trc(tmp_path / "t.trc"))
    assert filled.missing.sum() == 31
    assert filled.missing[60:91, 5].all()
