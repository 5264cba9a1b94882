"""Optical sessions: skin markers on virtual people, misplaced a little and moving with the skin.

Sizes: palpation 6 to 21 mm between examiners over all landmarks (Della Croce 2005); soft tissue 5
to 20 mm on the thigh, about half on the shank, less elsewhere (Leardini 2005; Camomilla 2017); hip
centres by regression or movement 10 to 20 mm (Kainz 2015). All as standard deviations per axis of
the body, at the middle of these ranges; nobody's recording set them.
"""

from __future__ import annotations

import numpy as np

from benchmarks.uncertainty.people import Session, filmed
from benchmarks.uncertainty.sized_model import sized
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.kinematics import marker_positions, read_tree
from kinebench.kinematics.poses import poses_of
from kinebench.kinematics.tree import Tree
from kinebench.lab import opencap_body
from kinebench.lab.camera import Chain
from kinebench.lab.camera.noise import coloured
from kinebench.lab.seeds import generator
from kinebench.uncertainty.response import body_axes

__all__ = ["optical_session"]

# body -> (place, skin): mm per axis
_SPREAD = {
    "femur": (10.0, 8.0), "tibia": (8.0, 5.0), "pelvis": (8.0, 5.0), "calcn": (5.0, 2.0),
    "toes": (5.0, 2.0), "torso": (10.0, 5.0), "humerus": (8.0, 6.0), "ulna": (6.0, 4.0),
    "radius": (6.0, 4.0), "hand": (6.0, 4.0),
}  # fmt: skip
_HIP_CENTRE = (12.0, 3.0)
_SKIN_HZ = 1.0


def optical_session(session: Session) -> tuple[Markers, Markers, Motion]:
    """Skin markers of movement and static trial, and the true movement."""
    body = opencap_body()
    moving, static = filmed(session, body, Chain())
    factors = session.subject.scale_factors(body)
    tree = read_tree(sized(factors, "mocap"))
    return (
        _seen(tree, moving.true_motion, session, "movement"),
        _seen(tree, static.true_motion, session, "static"),
        moving.true_motion,
    )


def _seen(tree: Tree, motion: Motion, session: Session, part: str) -> Markers:
    names = tree.marker_names
    q = poses_of(tree, motion)
    shifts = np.stack([_shift(tree, name, motion.times, session, part) for name in names], axis=1)
    turned = np.einsum("fmij,fmj->fmi", body_axes(tree, q, names), shifts)
    return Markers(names, motion.times, marker_positions(tree, q, names) + turned)


def _shift(tree: Tree, name: str, times: FloatArray, session: Session, part: str) -> FloatArray:
    """Displacement (n_frames, 3) m of a marker in its body."""
    marker = tree.select_markers((name,))[0]
    body = tree.bodies[marker.body].split("_")[0]
    place, skin = _HIP_CENTRE if "HJC" in name else _SPREAD[body]
    person = session.subject.identifier
    placed = place * generator("optical place", person, name).standard_normal(3)
    moved = skin * coloured(times, _SKIN_HZ, "skin", person, session.activity, part, name)
    return np.asarray((placed + moved) / 1e3)
