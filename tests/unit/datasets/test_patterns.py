"""Layouts as patterns: what they find, what belongs to a sample, what is missing of the whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cli.main import main
from kinebench.core import Coordinate, Markers, Motion
from kinebench.datasets import Card, Places, load, sample_names
from kinebench.datasets.card import card_toml, parse_card
from kinebench.datasets.catalogue import shipped_cards
from kinebench.datasets.completeness import holdings_of, index_copy, natural
from kinebench.datasets.patterns import (
    Pattern,
    activity_of,
    find_items,
    items_of_sample,
    sample_values,
)
from kinebench.datasets.registration import add_dataset
from kinebench.errors import DatasetError, KinebenchError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

LAB = shipped_cards()["simtk-labvalidation"]
REFERENCE = Pattern(
    "motion", "{subject}/IK/{trial}.mot", "reference", "{subject}/{trial}", "required"
)
VIDEO = Pattern("motion", "{subject}/Video/{detector}/{trial}.mot", "{detector}")
MARKERS = Pattern("markers", "{subject}/{trial}.trc", "mocap")


def card(*patterns: Pattern, **more: object) -> Card:
    made = Card("set", "T", "D", "MIT", "C (2020)", steps=("Go.",), patterns=patterns)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("{subject}/IK/{trial}.mot", "s2/IK/walk1.mot", {"subject": "s2", "trial": "walk1"}),
        ("{subject}/IK/{trial}.mot", "zip/s2/ik/walk1.MOT", {"subject": "s2", "trial": "walk1"}),
        ("{subject}/IK/{trial}.mot", "s2/IK/deep/walk1.mot", None),
        ("{subject}/IK/{trial}.mot", "s2/IK/walk1.mot.txt", None),
        ("{subject}/{trial}_x.trc", "s2/walk1_x.trc", {"subject": "s2", "trial": "walk1"}),
        ("{subject}/{trial}_x.trc", "s2/_x.trc", None),
        ("{trial}/{trial}.avi", "a/walk1/walk1.avi", {"trial": "walk1"}),
        ("{trial}/{trial}.avi", "a/walk1/walk2.avi", None),
        ("{subject}/**/IK/*.sto", "s2/a/b/IK/c.sto", {"subject": "s2"}),
        ("{subject}/Model/*_scaled.osim", "s2/Model/Lai_scaled.osim", {"subject": "s2"}),
        ("{subject}/Model/*_scaled.osim", "s2/Model/Lai_scaled_adjusted.osim", None),
        ("a.c/{trial}.mot", "abc/t.mot", None),
    ],
)  # fmt: skip
def test_what_a_pattern_fits(pattern: str, path: str, values: dict[str, str] | None) -> None:
    assert Pattern("other", pattern).match(path) == values


words = st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True).filter(lambda w: w.strip(".") != "")


@given(words, words, st.lists(words, max_size=2))
def test_a_filled_pattern_fits_and_gives_its_values_back(
    subject: str, trial: str, around: list[str]
) -> None:
    values = {"subject": subject, "trial": trial}
    path = REFERENCE.filled(values)
    assert REFERENCE.match(path) == values
    assert REFERENCE.match("/".join([*around, path])) == values


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "motions"}, "did you mean 'motion'"),
        ({"presence": "needed"}, "presence 'needed'"),
        ({"path": "../{trial}.mot"}, "not a path inside"),
        ({"key": "{detector}"}, "field 'detector'"),
        ({"sample": "{subject}/{step}"}, "field 'step'"),
        ({"key": ""}, "a motion needs a key"),
        ({"axes": "+x+y-z"}, "mirror"),
    ],
)
def test_an_illegal_pattern_is_refused(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(KinebenchError, match=message):
        replace(REFERENCE, **wrong)


def test_a_file_belongs_to_the_first_pattern_that_it_fits() -> None:
    errors = Pattern("other", "{subject}/IK/*_errors.mot")
    found = find_items((errors, REFERENCE), ["s2/IK/a.mot", "s2/IK/a_errors.mot", "s2/b.txt"])
    assert [(item.path, item.pattern) for item in found] == [
        ("s2/IK/a.mot", REFERENCE),
        ("s2/IK/a_errors.mot", errors),
    ]


def test_a_sample_has_the_files_that_agree_with_it() -> None:
    paths = [
        "s2/IK/a.mot", "s2/IK/b.mot", "s3/IK/a.mot", "s2/a.trc", "s3/a.trc", "s2/Video/H/a.mot",
        "s2/Video/O/a.mot", "s2/Video/H/b.mot", "s2/m.osim",
    ]  # fmt: skip
    model = Pattern("model", "{subject}/m.osim", "scaled")
    items = find_items((REFERENCE, VIDEO, MARKERS, model), paths)
    samples = sample_values(items)
    assert list(samples) == ["s2/a", "s2/b", "s3/a"]
    found = items_of_sample(items, samples["s2/a"])
    assert {kind: {key: item.path for key, item in of.items()} for kind, of in found.items()} == {
        "motion": {"reference": "s2/IK/a.mot", "H": "s2/Video/H/a.mot", "O": "s2/Video/O/a.mot"},
        "markers": {"mocap": "s2/a.trc"},
        "model": {"scaled": "s2/m.osim"},
        "subject": {},
        "other": {},
    }


def test_two_copies_in_one_folder_are_told() -> None:
    with pytest.raises(DatasetError, match=r"s2/a is there twice: s2/IK/a\.mot, old/"):
        sample_values(find_items((REFERENCE,), ["s2/IK/a.mot", "old/s2/IK/a.mot"]))
    items = find_items((REFERENCE, MARKERS), ["s2/IK/a.mot", "s2/a.trc", "S2/a.trc"])
    with pytest.raises(DatasetError, match="two files are mocap of one sample"):
        items_of_sample(items, sample_values(items)["s2/a"])


def test_the_activity_is_a_field_or_the_trial_without_its_number() -> None:
    assert activity_of({"trial": "walkingTS2"}) == "walkingTS"
    assert activity_of({"trial": "01", "activity": "LevelWalking"}) == "LevelWalking"
    assert activity_of({}) == "unknown"


def test_patterns_are_written_and_read() -> None:
    made = card(
        REFERENCE, VIDEO, replace(MARKERS, axes="+x+z-y"), faults=("None.",), verified=False,
        reference="Markers.", expected=(("subject", ("s2", "s \"3\"")),), trials=(("a", 2),),
        keypoints="H",
    )  # fmt: skip
    assert parse_card("set", card_toml(made)) == made


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"expected": (("cameras", ("2",)),)}, "'cameras', a field of no pattern"),
        ({"trials": (("a", 1),), "patterns": (MARKERS,)}, "no pattern makes a sample"),
        ({"faults": ("a\x1b[2J",)}, "control characters"),
    ],
)
def test_an_illegal_layout_is_refused(more: dict[str, object], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        card(REFERENCE, **more)


def complete() -> list[str]:
    """Paths of a whole LabValidation in the published layout, as its card states it."""
    trials = [
        f"{activity}{number + 1}" for activity, count in LAB.trials for number in range(count)
    ]
    known = dict(LAB.expected)
    paths = []
    for subject in known["subject"]:
        paths += [f"{subject}/sessionMetadata.yaml", f"{subject}/MarkerData/Mocap/static1.trc"]
        paths.append(f"{subject}/OpenSimData/Mocap/Model/Lai_scaled.osim")
        for trial in trials:
            paths.append(f"{subject}/OpenSimData/Mocap/IK/{trial}.mot")
            paths.append(f"{subject}/MarkerData/Mocap/{trial}.trc")
            paths.append(f"{subject}/ForceData/{trial}_forces.mot")
        for detector in known["detector"]:
            for cameras in known["cameras"]:
                video = f"{subject}/OpenSimData/Video/{detector}/{cameras}"
                paths.append(f"{video}/Model/Lai_scaled.osim")
                for trial in trials:
                    paths.append(f"{video}/IK/{trial}.mot")
                    paths.append(
                        f"{subject}/MarkerData/Video/{detector}/{cameras}/{trial}_videoAndMocap.trc"
                    )
    return paths


def test_nothing_is_missing_of_a_whole_set() -> None:
    found = holdings_of(LAB, [f"LabValidation_withoutVideos/{path}" for path in complete()])
    assert found.unknown == ()
    assert len(found.samples) == 160
    assert found.shortfalls() == ()
    assert found.values("subject") == dict(LAB.expected)["subject"]
    assert found.values("cameras", subject="subject3") == ("2-cameras", "3-cameras", "5-cameras")


@pytest.mark.parametrize(
    ("gone", "what", "found", "expected", "absent"),
    [
        ("subject7/", "{subject}", 9, 10, ("subject7",)),
        (
            "subject4/OpenSimData/Video/HRNet/2-cameras/IK/DJ2",
            "{subject}/OpenSimData/Video/HRNet/2-cameras/IK/{trial}.mot", 159, 160,
            ("subject4/DJ2",),
        ),
        (
            "subject4/OpenSimData/Mocap/IK/DJ2", "trials of DJ", 29, 30, ("subject4: 2 of 3",),
        ),
        (
            "subject11/MarkerData/Mocap/static1.trc", "{subject}/MarkerData/Mocap/static1.trc",
            9, 10, ("subject11",),
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    gone: str, what: str, found: int, expected: int, absent: tuple[str, ...]
) -> None:
    holdings = holdings_of(LAB, [path for path in complete() if not path.startswith(gone)])
    (short,) = holdings.shortfalls()
    assert (short.what, short.found, short.expected, short.absent) == (
        what, found, expected, absent,
    )  # fmt: skip


def test_a_detector_that_is_not_there_at_all_is_missing() -> None:
    paths = [path for path in complete() if "OpenPose_default" not in path]
    short = {one.what: one for one in holdings_of(LAB, paths).shortfalls()}
    assert short["{detector}"].absent == ("OpenPose_default",)
    lost = short["{subject}/OpenSimData/Video/OpenPose_default/2-cameras/IK/{trial}.mot"]
    assert (lost.found, lost.expected) == (0, 160)


def test_numbers_sort_as_numbers() -> None:
    assert sorted(["s10", "s9", "s1", "a"], key=natural) == ["a", "s1", "s9", "s10"]


def test_videos_tell_sessions_and_cameras() -> None:
    paths = [
        "subject2/VideoData/Session1/Cam0/walking1/walking1.avi",
        "subject2/VideoData/Session1/Cam0/walking1/walking1_syncdWithMocap.avi",
        "subject2/VideoData/Session0/Cam4/static1/static1.avi",
        "subject2/VideoData/Session0/Cam4/cameraIntrinsicsExtrinsics.pickle",
    ]
    found = holdings_of(LAB, paths)
    assert found.unknown == ()
    assert found.values("session") == ("Session0", "Session1")
    assert found.values("camera", session="Session0") == ("Cam4",)


TIMES = np.array([0.0, 0.01])


def write_gait120(folder: Path) -> Path:
    """One step of one man, in the layout that the card states."""
    own = folder / "Gait120_001_to_010" / "S001"
    motion = own / "JointAngle" / "LevelWalking" / "Trial01" / "step01.mot"
    trc = own / "MotionCapture" / "LevelWalking" / "TRC" / "Trial01" / "Step01.trc"
    for path in (motion, trc):
        path.parent.mkdir(parents=True)
    write_motion(motion, Motion((Coordinate("knee_angle_r"),), TIMES, np.full((2, 1), 0.3)))
    # X to the left, Y up, Z forward
    write_trc(trc, Markers(("LASI",), TIMES, np.tile([0.1, 0.9, 2.0], (2, 1, 1))))
    return folder


def test_a_set_without_a_module_of_its_own_is_loaded(tmp_path: Path, places: Places) -> None:
    add_dataset(write_gait120(tmp_path / "g"), "gait120", places=places)
    assert sample_names("gait120", places) == ("S001/LevelWalking/01/01",)
    sample = load("gait120", "S001/LevelWalking/01/01", places)
    assert sample.activity == "LevelWalking"
    assert sample.motions["reference"].values[0, 0] == pytest.approx(0.3)
    np.testing.assert_allclose(sample.markers["mocap"].position("LASI")[0], [2.0, 0.9, -0.1])


def test_a_users_own_card_may_state_a_layout(tmp_path: Path, places: Places) -> None:
    own = add_dataset(write_gait120(tmp_path / "g"), "mine", places=places)
    text = card_toml(replace(own, patterns=shipped_cards()["gait120"].patterns))
    (places.cards / "mine" / "card.toml").write_text(text, encoding="utf-8")
    assert sample_names("mine", places) == ("S001/LevelWalking/01/01",)


def test_a_copy_that_was_added_has_the_card_of_today(tmp_path: Path, places: Places) -> None:
    add_dataset(write_gait120(tmp_path / "g"), "gait120", places=places)
    path = places.cards / "gait120" / "card.toml"
    old = parse_card("gait120", path.read_text(encoding="utf-8"))
    path.write_text(card_toml(replace(old, patterns=(), faults=())), encoding="utf-8")
    assert sample_names("gait120", places) == ("S001/LevelWalking/01/01",)


def test_the_command_tells_what_is_there_and_what_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in complete():
        if path.startswith(("subject2/", "subject3/")) and "5-cameras" not in path:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(b"")
    assert main(["data", "index", "simtk-labvalidation", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "2 subjects, 32 samples" in told
    assert "detector  HRNet, OpenPose_default, OpenPose_highAccuracy" in told
    assert "{subject}: 2 of 10 are there; not: subject4, subject5" in told
    assert "{cameras}: 2 of 3 are there; not: 5-cameras" in told
    assert main(["data", "index", "simtk-labvalidation", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["subjects"]["subject2"]["cameras"] == ["2-cameras", "3-cameras"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(DatasetError, match="holds nothing of simtk-labvalidation"):
        index_copy(LAB, tmp_path)
    with pytest.raises(DatasetError, match="no folder"):
        index_copy(LAB, tmp_path / "absent")
    with pytest.raises(DatasetError, match="states no layout"):
        index_copy(shipped_cards()["gaitex"], tmp_path)


def test_an_unread_licence_needs_a_yes(server, served: Card, places: Places) -> None:
    from kinebench.datasets import fetch_file

    path = places.cards / "walks" / "card.toml"
    text = card_toml(replace(served, licence="LicenseRef-unread"))
    path.write_text(text, encoding="utf-8")
    name = served.files[0].path
    with pytest.raises(DatasetError, match="--accept-licence"):
        fetch_file("walks", name, places)
    assert server.ranges == [], "nothing was asked of the server"
    assert fetch_file("walks", name, places, accept_licence=True).is_file()
    assert fetch_file("walks", name, places).is_file(), "what is here needs no second yes"
