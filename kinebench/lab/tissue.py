"""`SoftTissue`: what optical markers on skin and clothes do while the bones move.

Sources
-------
[1] Leardini A, Chiari L, Della Croce U, Cappozzo A (2005) Human movement analysis using
    stereophotogrammetry. Part 3. Gait Posture 21: 212–225 (larger on the thigh than on the shank,
    with the frequencies of the movement, of the task, and unlike between people).
[2] Peters A, Galna B, Sangeux M, Morris M, Baker R (2010) Quantification of soft tissue artifact in
    lower limb human motion analysis: a systematic review. Gait Posture 31: 1–8.
[3] Akbarshahi M, Schache AG, Fernandez JW et al. (2010) Non-invasive assessment of soft-tissue
    artifact and its effect on knee joint kinematics. J Biomech 43: 1292–1301 (thigh larger than
    shank in every activity; largest in open-chain knee flexion).
[4] Bonci T, Camomilla V, Dumas R, Chèze L, Cappozzo A (2014) A soft tissue artefact model driven by
    proximal and distal joint kinematics. J Biomech 47: 2354–2361 (linear in the angles of the
    joints at both ends).
[5] Study of six people with fluoroscopy in walking (PMC8631460): clusters move up to 18 mm on the
    thigh and 17 mm on the shank, single markers within them 4 to 16 mm.
[6] Barré A, Jolles BM, Theumann N, Aminian K (2015) Soft tissue artifact distribution on lower
    limbs during treadmill gait. J Biomech 48: 1965–1971 (the cluster's rigid part is the larger).

Amplitudes of trunk and arms, and all of clothing, are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import require_names
from kinebench.kinematics import Tree, forward_kinematics
from kinebench.lab.camera.noise import coloured
from kinebench.lab.seeds import generator

# of the mean flexion at which the amplitude is reached, rad; beyond, skin gives less and less
_FULL = np.radians(60.0)
# shares of the cluster as a whole, of the single marker [5, 6], and of slow creeping
_CLUSTER, _SINGLE, _SLOW = 0.8, 0.6, 0.3
_CREEP_HZ = 0.3
# along the segment most, across it less [1, 6]; x, y, z of the body
_DIRECTION = np.array([0.6, 1.0, 0.4])

# body -> amplitude in mm, and the coordinates that drive it, with their shares
_SKIN: Mapping[str, tuple[float, tuple[tuple[str, float], ...]]] = MappingProxyType(
    {
        "pelvis": (6.0, (("hip_flexion_r", 0.5), ("hip_flexion_l", 0.5))),
        "femur": (11.0, (("knee_angle", 0.6), ("hip_flexion", 0.4))),
        "tibia": (6.0, (("knee_angle", 0.7), ("ankle_angle", 0.3))),
        "calcn": (2.5, (("ankle_angle", 1.0),)),
        "toes": (2.5, (("ankle_angle", 1.0),)),
        "torso": (5.0, (("arm_flex_r", 0.3), ("arm_flex_l", 0.3), ("lumbar_extension", 0.4))),
        "humerus": (7.0, (("arm_flex", 0.6), ("elbow_flex", 0.4))),
        "radius": (3.0, (("elbow_flex", 1.0),)),
    }
)
# marker stems over bone that moves less, or that are no markers on skin at all
_SHARES: Mapping[str, float] = MappingProxyType({"HJC": 0.0, "ankle": 0.5, "mankle": 0.5})
_MOST = Limit(0, 5, reason="five times the published displacement tears the skin")
_CLOTH = Limit(0, 100, "mm", "clothes that move further are no place for markers")


@dataclass(frozen=True, slots=True)
class SoftTissue:
    """Displacement of markers with the flexion of the joints next to them, and slowly by itself.

    d = A (0.8 c + 0.6 m) tanh(θ / 60°) + 0.3 A s(t): A the segment's amplitude, θ the flexion of
    the joints at its ends, c and m fixed directions of the person's segment and of the marker, s a
    slow random course. Amplitudes in mm per axis: pelvis 6, thigh 11, shank 6, foot 2.5, trunk 5,
    upper arm 7, wrist 3; half at the malleoli, none of markers that stand for joint centres.

    Parameters
    ----------
    size : float
        Factor on all amplitudes.
    clothing_mm : float
        Per axis, of loose clothes over thigh, shank, pelvis, trunk and arms: half of it with the
        joints, half slowly by itself.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"size": _MOST, "clothing_mm": _CLOTH}

    size: float = 1.0
    clothing_mm: float = 0.0

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers, motion: Motion, tree: Tree, *names: str) -> Markers:
        """Markers where skin and clothes carry them.

        Parameters
        ----------
        markers : Markers
            On the bones, one of the model's each.
        motion : Motion
            The true one, at the same times.
        tree : Tree
            The true model.
        *names : str
            Subject, whose directions are the same in all trials, then what names the trial.
        """
        require_names(markers.names, tree.marker_names, "marker", tree.name)
        if self.size == 0 and self.clothing_mm == 0:
            return markers
        R, _ = forward_kinematics(tree, motion.values)
        positions = np.array(markers.positions)
        on = dict(zip(tree.marker_names, tree.markers, strict=True))
        for column, name in enumerate(markers.names):
            body = on[name].body
            local = self._displaced(name, tree.bodies[body], motion, names)
            positions[:, column] += np.einsum("fij,fj->fi", R[:, body], local)
        return markers.with_positions(positions)

    def _displaced(
        self, marker: str, body: str, motion: Motion, names: tuple[str, ...]
    ) -> FloatArray:
        """Displacement (n_frames, 3) m along the axes of the body."""
        stem, side = _parted(body)
        if stem not in _SKIN:
            return np.zeros((motion.n_frames, 3))
        skin, drivers = _SKIN[stem]
        share = next((s for part, s in _SHARES.items() if _stem(marker) == part), 1.0)
        clothing = self.clothing_mm if stem not in ("calcn", "toes") else 0.0
        person = names[:1]
        bend = np.zeros(motion.n_frames)
        for coordinate, weight in drivers:
            own = coordinate if coordinate in motion.names else f"{coordinate}_{side}"
            bend += weight * np.abs(motion.value(own))
        with_joints = np.tanh(bend / _FULL)[:, None]
        cluster = _DIRECTION * _unit_normal("cluster", *person, body)
        single = _DIRECTION * _unit_normal("skin", *person, marker)
        cloth = _unit_normal("cloth", *person, marker)
        slow = coloured(motion.times, _CREEP_HZ, "creep", *names, marker)
        moved = self.size * skin * ((_CLUSTER * cluster + _SINGLE * single) * with_joints)
        moved = moved + self.size * skin * _SLOW * _DIRECTION * slow
        moved = moved + clothing * (0.5 * cloth * with_joints + 0.5 * slow)
        return np.asarray(share * moved / 1000)


def _parted(body: str) -> tuple[str, str]:
    stem, _, side = body.rpartition("_")
    return (stem, side) if side in ("r", "l") else (body, "")


def _stem(marker: str) -> str:
    """``r_ankle_study`` and ``L_ankle_study`` as ankle, ``RHJC_study`` as HJC."""
    plain = marker.removesuffix("_study")
    return plain[1:] if plain.endswith("HJC") else plain[2:]


def _unit_normal(*names: object) -> FloatArray:
    return np.asarray(np.clip(generator(*names).standard_normal(3), -2.0, 2.0))
