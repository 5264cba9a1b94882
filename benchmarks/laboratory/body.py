"""The laboratory's body beside LaiUhlrich2022, taken as 1.70 m and scaled uniformly by height.

Prints segment lengths, joint centres and keypoint paths of the same coordinates played on both.
Needs OpenCap's files: in the cache, in the mirror that KINEBENCH_MIRROR names, or from the network.

    python -m benchmarks.laboratory.body
"""

from __future__ import annotations

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.kinematics import forward_kinematics, marker_positions
from kinebench.lab import Body, generic_body, opencap_body
from kinebench.lab.anthropometry import Sex
from kinebench.lab.motions import Gait, Squat
from kinebench.lab.scaling import uniformly_scaled

SEGMENTS = {
    "between the hips": ("femur_r", "femur_l"),
    "thigh": ("femur_r", "tibia_r"),
    "shank": ("tibia_r", "talus_r"),
    "between the shoulders": ("humerus_r", "humerus_l"),
    "upper arm": ("humerus_r", "ulna_r"),
    "forearm": ("ulna_r", "hand_r"),
}
LANDMARKS = {
    "trunk (hips to shoulders)": (("RHJC_study", "LHJC_study"), ("RShoulder", "LShoulder")),
    "pelvis breadth (ASIS)": (("r.ASIS_study",), ("L.ASIS_study",)),
    "pelvis depth (ASIS to PSIS)": (
        ("r.ASIS_study", "L.ASIS_study"),
        ("r.PSIS_study", "L.PSIS_study"),
    ),
    "foot (heel to toe markers)": (("r_calc_study",), ("r_toe_study",)),
    "knee breadth (markers)": (("r_knee_study",), ("r_mknee_study",)),
}
REASONS = {
    "between the hips": "women's iliac crests are wider (ANSUR II) than the other model's",
    "pelvis depth (ASIS to PSIS)": "a constant share of the breadth, which is larger in women",
    "pelvis breadth (ASIS)": "distance of the bones; the other's markers carry the skin",
    "foot (heel to toe markers)": "toe marker on the second metatarsal head (ANSUR II ball length)",
}


def joint_centres(body: Body) -> dict[str, FloatArray]:
    """Upright joint centres, m, from the middle of the hip centres."""
    tree = body.tree
    R, p = forward_kinematics(tree, tree.defaults)
    names = {n for pair in SEGMENTS.values() for n in pair}
    places = {
        name: p[i] + R[i] @ tree.joints[i].in_child.p
        for i, name in enumerate(tree.bodies)
        if name in names
    }
    middle = (places["femur_r"] + places["femur_l"]) / 2
    return {name: place - middle for name, place in places.items()}


def landmark_distance(body: Body, ends: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    """Distance, m, between the middles of two groups of markers, upright."""
    one, other = (
        marker_positions(body.tree, body.tree.defaults, group).mean(axis=0) for group in ends
    )
    return float(np.linalg.norm(one - other))


def print_lengths(mine: Body, other: Body) -> None:
    """Lengths of the same segments, mm and %."""
    ours, theirs = joint_centres(mine), joint_centres(other)
    rows = {
        name: tuple(float(np.linalg.norm(c[a] - c[b])) for c in (ours, theirs))
        for name, (a, b) in SEGMENTS.items()
    }
    for name, ends in LANDMARKS.items():
        rows[name] = (landmark_distance(mine, ends), landmark_distance(other, ends))
    print(f"{'segment':30s} {'laboratory':>10s} {'LaiUhlrich':>10s} {'difference':>10s}")
    for name, (a, b) in rows.items():
        ratio = 100 * (a / b - 1)
        reason = REASONS.get(name, "") if abs(ratio) > 10 else ""
        print(f"{name:30s} {1000 * a:7.1f} mm {1000 * b:7.1f} mm {ratio:+8.1f} %  {reason}")


def print_centres(mine: Body, other: Body) -> None:
    """Joint centres from the middle of the hips, upright."""
    ours, theirs = joint_centres(mine), joint_centres(other)
    print(f"{'joint centre':20s} {'difference forward, up, right':>32s}")
    for name in ours:
        if name.endswith("_r"):
            x, y, z = 1000 * (ours[name] - theirs[name])
            print(f"{name:20s} {x:+9.1f} {y:+9.1f} {z:+9.1f} mm")


def print_paths(mine: Body, other: Body) -> None:
    """RMS distance of keypoint paths, middles of the hip centres matched."""
    names = mine.keypoint_names
    columns = []
    for motion in (Squat(repetitions=1), Gait(strides=1)):
        values = motion(mine, 60.0).values
        tracks = []
        for body in (mine, other):
            order = [body.tree.coordinate_names.index(n) for n in mine.tree.coordinate_names]
            q = np.empty_like(values)
            q[:, order] = values
            hips = marker_positions(body.tree, q, ("RHJC_study", "LHJC_study")).mean(axis=1)
            tracks.append(marker_positions(body.tree, q, names) - hips[:, None])
        distance = np.linalg.norm(tracks[0] - tracks[1], axis=-1)
        columns.append(1000 * np.sqrt(np.mean(distance**2, axis=0)))
    print(f"{'keypoint path':20s} {'squat RMS':>12s} {'gait RMS':>12s}")
    for name, squat, gait in zip(names, *columns, strict=True):
        print(f"{name:20s} {squat:9.1f} mm {gait:9.1f} mm")


def main() -> None:
    cases: tuple[tuple[float, Sex | None], ...] = (
        (1.70, None), (1.85, "male"), (1.58, "female"),
    )  # fmt: skip
    for height, sex in cases:
        mine = generic_body(height, 70.0, sex)
        other = uniformly_scaled(opencap_body(), height / 1.70, 70.0)
        print(f"\n{height:.2f} m, {sex or 'mean of both sexes'}")
        print_lengths(mine, other)
        print_centres(mine, other)
        print_paths(mine, other)


if __name__ == "__main__":
    main()
