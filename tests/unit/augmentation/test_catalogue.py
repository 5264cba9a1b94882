from __future__ import annotations

import pytest

from kinebench.augmentation.catalogue import (
    PUBLISHED,
    VERSIONS,
    AugmenterVersion,
    LocalFiles,
    NetworkSpec,
    version,
)
from kinebench.errors import NameNotFoundError, ValueRangeError


def test_the_published_versions_are_there() -> None:
    assert PUBLISHED == ("v0.0", "v0.1", "v0.2", "v0.3")
    assert [[n.folder for n in VERSIONS[name].networks] for name in PUBLISHED] == [
        ["v0.0"],
        ["v0.1_lower", "v0.1_upper"],
        ["v0.2_lower", "v0.2_upper"],
        ["v0.3_lower", "v0.3_upper"],
    ]


@pytest.mark.parametrize("name", VERSIONS)
def test_every_version_gives_the_same_43_markers_from_the_same_20_keypoints(name: str) -> None:
    row = version(name)
    assert len(row.gives) == 43
    assert set(row.gives) == set(version("v0.0").gives)
    assert len(row.needs) == 20
    assert set(row.needs) == set(version("v0.0").needs)
    assert row.needs[-1] == row.reference_marker == "midHip"
    assert row.rate_hz == 60.0


def test_the_laboratorys_own_version_has_its_weights_in_the_package() -> None:
    assert tuple(VERSIONS) == (*PUBLISHED, "lab-1")
    files = version("lab-1").files
    assert isinstance(files, LocalFiles)
    assert files.folder.joinpath("full.npz").is_file()
    assert version("lab-1").gives == version("v0.0").gives


def test_features_come_in_the_trained_order() -> None:
    lower, upper = version("v0.3").networks
    assert lower.needs[:7] == (
        "Neck", "RShoulder", "LShoulder", "RHip", "LHip", "RKnee", "LKnee"
    )  # fmt: skip
    assert lower.needs[7:11] == ("RAnkle", "LAnkle", "RHeel", "LHeel")
    assert lower.needs[11:] == ("RSmallToe", "LSmallToe", "RBigToe", "LBigToe")
    assert upper.needs == (
        "Neck", "RShoulder", "LShoulder", "RElbow", "LElbow", "RWrist", "LWrist"
    )  # fmt: skip
    assert version("v0.0").networks[0].needs == lower.needs + upper.needs[3:]


def test_responses_alternate_sides_until_v02_and_go_by_side_in_v03() -> None:
    old, new = version("v0.1").gives, version("v0.3").gives
    assert old == version("v0.2").gives
    assert old[:4] == ("C7_study", "r_shoulder_study", "L_shoulder_study", "r.ASIS_study")
    assert old[35:38] == ("r_lelbow_study", "L_lelbow_study", "r_melbow_study")
    assert new[4:8] == ("r_knee_study", "r_mknee_study", "r_ankle_study", "r_mankle_study")
    # the fifth metatarsal precedes the calcaneus on the right, and follows it on the left
    assert new[9:11] == ("r_5meta_study", "r_calc_study")
    assert new[16:18] == ("L_calc_study", "L_5meta_study")
    assert new[20] == "C7_study"
    assert new[35:38] == ("r_lelbow_study", "r_melbow_study", "r_lwrist_study")
    assert old[21:35] == new[21:35]
    assert version("v0.0").gives == old[:21] + old[35:] + old[21:35]


def test_a_misspelt_version_is_answered_with_the_near_one() -> None:
    with pytest.raises(NameNotFoundError, match=r"'v0\.03' \(did you mean 'v0\.[03]'\?\)"):
        version("v0.03")


def test_a_marker_may_be_given_once_only() -> None:
    twice = NetworkSpec("one", "one", ("Neck",), ("C7_study",))
    with pytest.raises(ValueRangeError, match="each marker once"):
        AugmenterVersion("lab", (twice, twice))
