from __future__ import annotations

import pytest

from kinebench.comparison.procedure import LOWER_BODY_21
from kinebench.core.body_groups import BODY_GROUPS, group_means, group_of, without_side


@pytest.mark.parametrize(
    ("coordinate", "unit", "group"),
    [
        ("hip_flexion_r", "rad", "legs"), ("knee_angle_l", "rad", "legs"),
        ("ankle_angle_r", "rad", "legs"), ("subtalar_angle_l", "rad", "legs"),
        ("pelvis_tilt", "rad", "pelvis"), ("pelvis_tx", "m", "translations"),
        ("lumbar_bending", "rad", "trunk"), ("arm_flex_r", "rad", "arms"),
        ("elbow_flex_l", "rad", "arms"), ("pro_sup_r", "rad", "arms"),
        ("mtp_angle_r", "rad", ""), ("knee_angle_r_beta", "rad", ""), ("dial", "rad", ""),
    ],
)  # fmt: skip
def test_groups(coordinate: str, unit: str, group: str) -> None:
    assert group_of(coordinate, unit) == group


def test_all_that_opencap_s_team_scores_belongs_somewhere() -> None:
    for name in LOWER_BODY_21:
        unit = "m" if name[:-1] == "pelvis_t" else "rad"
        assert group_of(name, unit) in ("legs", "pelvis", "trunk", "translations"), name


def test_means_are_over_like_things() -> None:
    values = {"pro_sup_r": 0.5, "knee_angle_r": 0.1, "hip_flexion_r": 0.3, "pelvis_tx": 0.02,
              "mtp_angle_r": 9.0, "hip_rotation_r": float("nan")}  # fmt: skip
    units = dict.fromkeys(values, "rad") | {"pelvis_tx": "m"}
    means = group_means(values, units)
    assert means == pytest.approx({"legs": 0.2, "arms": 0.5, "translations": 0.02})
    assert list(means) == [group for group in BODY_GROUPS if group in means]


def test_sides_share_a_name() -> None:
    assert without_side("knee_angle_r") == without_side("knee_angle_l") == "knee_angle"
    assert without_side("pelvis_list") == "pelvis_list"
