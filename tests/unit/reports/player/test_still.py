from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from kinebench.geometry.rotations import rotation_about_vertical
from kinebench.reports.player import Skeleton
from kinebench.reports.player.scene import View, scene_of
from kinebench.reports.player.still import still_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(reference: Skeleton, estimate: Skeleton, errors: object = None) -> ET.Element:
    n = len(estimate.anatomy.bodies)
    shown = np.zeros(n) if errors is None else np.asarray(errors, dtype=float)
    text = still_svg(reference, estimate, 0, shown, 10.0, ("mocap", "a <b>"))
    return ET.fromstring(text)


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [e for e in svg.iter() if name in (e.get("class") or "").split()]


def test_views_have_the_handedness_of_the_ground() -> None:
    x, y, z = np.eye(3)
    side, front, above = View(0.0, 0.0), View(np.pi / 2, 0.0), View(0.0, np.pi / 2)
    for view, right, up, near in ((side, x, y, z), (front, -z, y, x), (above, x, -z, y)):
        for direction, expected in ((right, (1, 0, 0)), (up, (0, 1, 0)), (near, (0, 0, 1))):
            flat, nearness = view.project(direction)
            np.testing.assert_allclose([*flat, nearness], expected, atol=1e-12)


@pytest.mark.parametrize("turn", [0.0, 0.7, -2.5])
def test_the_side_view_follows_the_heading(turn: float, reference: Skeleton) -> None:
    R = rotation_about_vertical(turn)
    turned = replace(
        reference, positions=reference.positions @ R.T, rotations=R @ reference.rotations
    )
    scene = scene_of(turned, turned)
    forward, _ = View(scene.side_yaw, 0.0).project(R @ [1.0, 0.0, 0.0])
    np.testing.assert_allclose(forward, [1.0, 0.0], atol=1e-9)
    assert scene.top_m == pytest.approx(scene_of(reference, reference).top_m)


def test_the_floor_is_at_zero_unless_the_frame_lies_elsewhere(reference: Skeleton) -> None:
    assert scene_of(reference, reference).floor_m == 0.0
    lifted = replace(reference, positions=reference.positions + np.array([0.0, 5.0, 0.0]))
    lowest = reference.positions[..., 1].min()
    assert 5.0 + lowest - 0.05 < scene_of(lifted, lifted).floor_m < 5.0 + lowest
    head = next(b for b in reference.anatomy.bones if b.start == b.end)
    crown = reference.positions[:, head.start, 1].max() + head.radius_m
    assert scene_of(reference, reference).top_m == pytest.approx(crown)
    gone = replace(reference, positions=np.full_like(reference.positions, np.nan))
    assert scene_of(gone, gone).top_m == 0.5
    assert scene_of(reference, gone) == scene_of(reference, reference)


def test_the_picture_holds_the_taller_one(reference: Skeleton) -> None:
    tall = replace(reference, positions=reference.positions * 1.2)
    short, both = scene_of(reference, reference), scene_of(reference, tall)
    assert both.top_m > 1.15 * short.top_m
    assert (both.floor_m, both.side_yaw) == (short.floor_m, short.side_yaw)
    assert scene_of(tall, reference).top_m == both.top_m


def test_both_skeletons_are_there_in_two_views(reference: Skeleton, estimate: Skeleton) -> None:
    svg = drawn(reference, estimate)
    bones = [e for e in of_class(svg, "bone") if "unknown" not in (e.get("class") or "")]
    assert len(bones) == 2 * len(estimate.anatomy.bones)
    assert len(of_class(svg, "plate")) == 2 * len(estimate.anatomy.plates)
    joints = of_class(svg, "joint")
    assert len(joints) == 2 * len(reference.anatomy.bodies) + 1  # and the legend
    texts = [e.text for e in svg.iter(f"{NAMESPACE}text")]
    assert {"from the right", "from the front", "0°", "5°", "≥ 10°"} <= set(texts)
    assert {"mocap", "a <b>, coloured by error"} <= set(texts)


def test_nothing_leaves_the_picture(reference: Skeleton, estimate: Skeleton) -> None:
    svg = drawn(reference, estimate)
    width, height = (float(v) for v in (svg.get("viewBox") or "").split()[2:])
    for circle in svg.iter(f"{NAMESPACE}circle"):
        assert 0 < float(circle.get("cx") or -1) < width
        assert 0 < float(circle.get("cy") or -1) < height
    for path in of_class(svg, "line"):
        for x, y in re.findall(r"([\d.]+) ([\d.]+)(?=L|M|$)", path.get("d") or ""):
            assert 0 < float(x) < width
            assert 0 < float(y) < height


def test_errors_choose_the_colours(reference: Skeleton, estimate: Skeleton) -> None:
    errors = np.zeros(len(estimate.anatomy.bodies))
    errors[estimate.anatomy.bodies.index("tibia_r")] = 10.0
    errors[estimate.anatomy.bodies.index("tibia_l")] = np.nan
    svg = drawn(reference, estimate, errors)
    worst = [e for e in of_class(svg, "e31") if e.tag.endswith("path")]
    assert len(worst) == 2  # one bone, two views
    assert len([e for e in of_class(svg, "unknown") if "Q" in (e.get("d") or "")]) == 2 + 1


def test_a_missing_skeleton_is_left_out(reference: Skeleton, estimate: Skeleton) -> None:
    positions = np.array(estimate.positions)
    positions[0] = np.nan
    svg = drawn(reference, replace(estimate, positions=positions))
    assert not of_class(svg, "plate")
    assert len(of_class(svg, "joint")) > 30
    assert "nan" not in ET.tostring(svg, encoding="unicode")
