from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Model
from kinebench.errors import ModelError
from kinebench.kinematics import read_tree
from kinebench.reports.player.anatomy import Anatomy, anatomy_of
from kinebench.reports.player.skeleton import Skeleton


@pytest.fixture(scope="module")
def anatomy(model: Model) -> Anatomy:
    return anatomy_of(read_tree(model))


def test_a_point_for_each_joint_comes_first(anatomy: Anatomy) -> None:
    n = len(anatomy.bodies)
    assert anatomy.bodies[0] == "pelvis"
    assert anatomy.joints[anatomy.bodies.index("femur_r")] == "hip_r"
    assert anatomy.point_names[:n] == anatomy.bodies
    assert anatomy.point_bodies[:n] == tuple(range(n))
    assert len(set(anatomy.point_names)) == len(anatomy.point_names)


def test_every_body_is_drawn_and_every_bone_has_points(anatomy: Anatomy) -> None:
    n = len(anatomy.point_names)
    assert {bone.body for bone in anatomy.bones} == set(range(len(anatomy.bodies)))
    for bone in anatomy.bones:
        assert 0 <= bone.start < n
        assert 0 <= bone.end < n
        assert 0.01 < bone.radius_m < 0.15
    for plate in anatomy.plates:
        assert len(plate.points) >= 3
        assert max(plate.points) < n


def test_bones_join_the_joints_of_a_limb(anatomy: Anatomy) -> None:
    named = {
        (anatomy.bodies[b.body], anatomy.point_names[b.start], anatomy.point_names[b.end])
        for b in anatomy.bones
    }
    assert {
        ("femur_r", "femur_r", "tibia_r"),
        ("tibia_l", "tibia_l", "talus_l"),
        ("humerus_r", "humerus_r", "ulna_r"),
        ("ulna_r", "ulna_r", "hand_r"),  # radius and ulna end at one wrist
        ("radius_r", "radius_r", "hand_r"),
        ("hand_l", "hand_l", "hand_l tip"),
        ("pelvis", "femur_r", "femur_l"),
        ("torso", "torso neck", "humerus_l"),
        ("torso", "torso head", "torso head"),
    } <= named


def place(skeleton: Skeleton, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return skeleton.positions[0, skeleton.anatomy.point_names.index(name)]


def test_what_the_model_lacks_has_the_shape_of_a_person(reference: Skeleton) -> None:
    right, left = place(reference, "femur_r"), place(reference, "femur_l")
    assert right[2] > left[2]  # Z points to the right
    head, neck, lumbar = (place(reference, n) for n in ("torso head", "torso neck", "torso"))
    assert head[1] > neck[1] > lumbar[1]
    assert 0.15 < head[1] - neck[1] < 0.3
    heel, toe = place(reference, "calcn_r heel"), place(reference, "toes_r tip")
    assert 0.2 < toe[0] - heel[0] < 0.3  # a foot
    assert abs(place(reference, "hand_r tip")[1] - place(reference, "hand_r")[1]) > 0.1


def test_the_two_sides_mirror_each_other(anatomy: Anatomy) -> None:
    for point, name in enumerate(anatomy.point_names):
        if "_r" in name:
            other = anatomy.point_names.index(name.replace("_r", "_l"))
            np.testing.assert_allclose(
                anatomy.locations[point], anatomy.locations[other] * [1, 1, -1], atol=1e-12
            )


def test_the_default_heading_does_not_matter(model: Model, anatomy: Anatomy) -> None:
    tree = read_tree(model)
    turned = tuple(
        replace(c, default=1.0) if c.name == "pelvis_rotation" else c for c in tree.coordinates
    )
    other = anatomy_of(replace(tree, coordinates=turned))
    np.testing.assert_allclose(other.locations, anatomy.locations, atol=1e-12)


def test_values_stay_values(anatomy: Anatomy) -> None:
    assert pickle.loads(pickle.dumps(anatomy)) == anatomy
    assert not copy.deepcopy(anatomy).locations.flags.writeable


def test_a_body_alone_is_nothing_to_draw(model: Model) -> None:
    tree = read_tree(model)
    alone = replace(tree, bodies=tree.bodies[:1], joints=tree.joints[:1], markers=())
    with pytest.raises(ModelError, match="1 bodies to draw; two or more"):
        anatomy_of(alone)


def test_a_trunk_without_arms_still_has_a_head(model: Model) -> None:
    tree = read_tree(model)
    kept = tree.bodies.index("torso") + 1
    legs = replace(tree, bodies=tree.bodies[:kept], joints=tree.joints[:kept], markers=())
    assert {"torso neck", "torso head"} <= set(anatomy_of(legs).point_names)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("ending", "absent"),
    [
        ("opensimPipeline/Models/LaiUhlrich2022.osim", "patella_r"),
        ("opensimPipeline/Models/LaiUhlrich2022_shoulder.osim", "patella_l"),
        ("data/grf/Subject4/Models/manually_scaled.osim", "patella_r"),
    ],
)
def test_published_models(ending: str, absent: str, mirror_file: Callable[[str], Path]) -> None:
    tree = read_tree(Model("m", mirror_file(ending).read_bytes()))
    anatomy = anatomy_of(tree)
    assert absent in tree.bodies
    assert absent not in anatomy.bodies
    assert not any(name.startswith("(") for name in anatomy.bodies)
    assert {bone.body for bone in anatomy.bones} == set(range(len(anatomy.bodies)))
    assert "calcn_r heel" not in anatomy.point_names  # its origin is the heel
