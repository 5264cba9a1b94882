from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.comparison import FilePair, find_pairs, pairs_from_csv
from kinebench.errors import (
    FileFormatError,
    KinebenchWarning,
    NameNotFoundError,
    ValueRangeError,
)
from kinebench.metrics import Exclusion


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_two_files_are_one_pair(tmp_path: Path) -> None:
    touch(tmp_path, "mocap.mot", "video.mot")
    reference, estimate = tmp_path / "mocap.mot", tmp_path / "video.mot"
    found = find_pairs(reference, estimate)
    assert found.pairs == (FilePair(reference, estimate, "subject", "mocap"),)
    assert found.excluded == ()


def test_folders_pair_by_relative_path_and_tell_what_is_alone(tmp_path: Path) -> None:
    one = touch(tmp_path / "a", "s1/walk.mot", "s1/day2/walk.mot", "s2/run.mot", "s1/walk.trc")
    other = touch(tmp_path / "b", "s1/walk.mot", "s1/day2/walk.mot", "s3/jump.mot", "s1/walk.trc")
    found = find_pairs(one, other)
    assert [(pair.subject, pair.trial) for pair in found.pairs] == [
        ("s1", "day2/walk"),
        ("s1", "walk"),
    ]
    assert found.pairs[1].reference == one / "s1/walk.mot"
    assert found.pairs[1].estimate == other / "s1/walk.mot"
    assert found.excluded == (
        Exclusion("s2/run.mot", "only the reference folder has it"),
        Exclusion("s3/jump.mot", "only the estimate folder has it"),
    )


def test_the_motion_of_a_run_is_that_of_its_trial(tmp_path: Path) -> None:
    runs = touch(
        tmp_path / "runs",
        "s1/walk/kinematics.mot",
        "s1/day2/walk.v2/kinematics.mot",
        "s2/run/kinematics.mot",
        "kinematics.mot",
    )
    mocap = touch(tmp_path / "mocap", "s1/walk.mot", "s1/day2/walk.v2.mot", "s3/jump.mot")
    for one, other in ((runs, mocap), (mocap, runs)):
        found = find_pairs(one, other)
        assert [(p.subject, p.trial, p.reference, p.estimate) for p in found.pairs] == [
            ("s1", "day2/walk.v2", _of(one, "s1/day2/walk.v2"), _of(other, "s1/day2/walk.v2")),
            ("s1", "walk", _of(one, "s1/walk"), _of(other, "s1/walk")),
        ]
        assert {left.item for left in found.excluded} == {
            "kinematics.mot", "s2/run.mot", "s3/jump.mot"}  # fmt: skip
    again = touch(tmp_path / "again", "s1/walk/kinematics.mot", "s1/walk.mot")
    assert [
        (p.trial, p.reference.name, p.estimate.name) for p in find_pairs(runs, again).pairs
    ] == [("walk", "kinematics.mot", "walk.mot")]
    assert [(p.subject, p.trial) for p in find_pairs(runs, runs).pairs] == [
        ("subject", "kinematics"), ("s1", "day2/walk.v2"), ("s1", "walk"), ("s2", "run"),
    ]  # fmt: skip


def _of(folder: Path, trial: str) -> Path:
    own = folder / f"{trial}.mot"
    return own if own.exists() else folder / trial / "kinematics.mot"


def test_a_flat_folder_is_one_subject_and_trc_comes_after_mot(tmp_path: Path) -> None:
    one = touch(tmp_path / "a", "walk.mot", "walk.trc")
    other = touch(tmp_path / "b", "walk.trc")
    pairs = find_pairs(one, other).pairs
    assert [(pair.subject, pair.trial, pair.reference.suffix) for pair in pairs] == [
        ("subject", "walk", ".trc")
    ]


def test_paths_that_make_no_pair(tmp_path: Path) -> None:
    one, other = touch(tmp_path / "a", "x.mot"), touch(tmp_path / "b", "y.mot")
    with pytest.raises(FileFormatError, match=r"nowhere does not exist"):
        find_pairs(one, tmp_path / "nowhere")
    with pytest.raises(FileFormatError, match="two files or two folders"):
        find_pairs(one, other / "y.mot")
    with pytest.raises(FileFormatError, match=r"share no \.mot, \.trc, \.sto"):
        find_pairs(one, other)


def listed(tmp_path: Path, text: str) -> Path:
    path = touch(tmp_path, "r.mot", "e.mot", "m.trc") / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_with_everything(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "\ufeffreference,estimate,subject,trial,lag_s,event_markers\n"
        "r.mot,e.mot,s1,walk, 0.25 ,m.trc\n"
        "r.mot,e.mot,,,,\n",
    )
    first, second = pairs_from_csv(path).pairs
    assert first == FilePair(
        tmp_path / "r.mot", tmp_path / "e.mot", "s1", "walk", 0.25, tmp_path / "m.trc"
    )
    assert second == FilePair(tmp_path / "r.mot", tmp_path / "e.mot", "subject", "r")


def test_a_subject_may_repeat_and_so_may_a_trial_but_not_both(tmp_path: Path) -> None:
    head = "reference,estimate,subject,trial\n"
    fine = head + "r.mot,e.mot,s1,a\nr.mot,e.mot,s1,b\nr.mot,e.mot,s2,a\n"
    assert len(pairs_from_csv(listed(tmp_path, fine)).pairs) == 3
    with pytest.raises(ValueRangeError, match=r"trial 'a' of 's1' 2 times"):
        pairs_from_csv(listed(tmp_path, fine + "r.mot,e.mot,s1,a\n"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reference,estimate\n", "lists no pair"),
        ("reference,estimate\nr.mot,none.mot\n", r"line 2, estimate: .*none\.mot does not exist"),
        ("reference,estimate\n\nr.mot,\n", "line 3, estimate: empty"),
        ("reference,estimate,lag_s\nr.mot,e.mot,soon\n", "line 2, lag_s: 'soon' is no number"),
        ("reference,estimate,lag_s\nr.mot,e.mot,nan\n", "line 2, lag_s: 'nan' is no lag"),
        ("reference,estimate,lag_s\nr.mot,e.mot,-inf\n", "line 2, lag_s: '-inf' is no lag"),
        ("reference,estimate,lag_s\nr.mot,e.mot,1e9\n", "line 2, lag_s: '1e9' is no lag"),
        (f"reference,estimate\nr.mot,{'e' * 5000}.mot\n", "line 2, estimate: .{200}… does not ex"),
        ("reference,estimate,trial\nr.mot,e.mot,a\x1b[2J\n", "line 2, trial: .*control character"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FileFormatError, match=told):
        pairs_from_csv(listed(tmp_path, text))


def test_csv_names_a_near_match_for_a_column(tmp_path: Path) -> None:
    with pytest.raises(NameNotFoundError, match="estimate"):
        pairs_from_csv(listed(tmp_path, "reference,estimat\nr.mot,e.mot\n"))


def test_csv_tells_of_columns_that_it_does_not_read(tmp_path: Path) -> None:
    path = listed(tmp_path, "reference,estimate,lag\nr.mot,e.mot,0.2\n")
    with pytest.warns(KinebenchWarning, match="columns lag are not read"):
        assert pairs_from_csv(path).pairs[0].lag_s is None


def test_csv_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot read"):
        pairs_from_csv(tmp_path / "pairs.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(FileFormatError, match="no UTF-16 text"):
        pairs_from_csv(tmp_path / "binary.csv")


def test_files_outside_the_folder_of_the_list_are_told(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "secret.mot").touch()
    path = listed(tmp_path / "lists", "reference,estimate\n../secret.mot,e.mot\n")
    with pytest.warns(
        KinebenchWarning, match=r"1 files outside its own folder, the first: .*secret"
    ):
        assert len(pairs_from_csv(path).pairs) == 1


def test_a_name_that_no_file_system_takes_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="does not exist") as caught:
        find_pairs(tmp_path / ("a" * 5000), tmp_path)
    assert len(str(caught.value)) < 250


def test_a_list_whose_header_is_missing_is_told_what_it_lacks(tmp_path: Path) -> None:
    path = listed(tmp_path, "r.mot,e.mot,s1,t1\n")
    with pytest.raises(NameNotFoundError, match="no columns 'reference', 'estimate'; it has"):
        pairs_from_csv(path)


def test_a_file_that_is_compared_with_itself_is_told(tmp_path: Path) -> None:
    path = listed(tmp_path, "reference,estimate,trial\nr.mot,e.mot,a\nr.mot,r.mot,b\n")
    with pytest.warns(KinebenchWarning, match=r"r\.mot stands as reference and as estimate"):
        pairs_from_csv(path)
