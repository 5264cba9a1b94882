"""From two skeletons to a block of a page."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.sampling import is_uniform, sampling_rate
from kinebench.errors import ValueRangeError
from kinebench.reports.player.anatomy import Anatomy
from kinebench.reports.player.block import PlayerBlock
from kinebench.reports.player.body_errors import orientation_errors, point_errors, scale_top
from kinebench.reports.player.colours import DARK, LIGHT
from kinebench.reports.player.encoding import as_courses, as_json_island, step_for
from kinebench.reports.player.scene import scene_of
from kinebench.reports.player.skeleton import Skeleton, shared_frames
from kinebench.reports.player.still import still_svg
from kinebench.reports.units import label_of

_FINEST_M, _FINEST_DEG = 1e-4, 0.01


def player_block(
    reference: Skeleton,
    estimate: Skeleton,
    caption: str,
    description: str,
    names: tuple[str, str] = ("reference", "estimate"),
) -> PlayerBlock:
    """Two skeletons that move in the page, the estimate coloured by its error.

    Two errors can be shown: the angle between the same segment of both (°), and the distance
    between the same joint centre of both (mm). The picture that stands still, and the first one to
    be seen, is the frame in which the mean of the first is largest.

    Parameters
    ----------
    reference, estimate : Skeleton
        In one frame and on one clock, of one rate; they are shown where both have frames.
    caption : str
    description : str
        What somebody who cannot see it must know.
    names : (str, str)
        What reference and estimate are called in the picture.

    Raises
    ------
    ValueRangeError
        They share fewer than two frames, no body, or their frames are not evenly spaced.
    """
    one, other = shared_frames(reference, estimate)
    if not is_uniform(one.times):
        raise ValueRangeError("a player needs frames that are evenly spaced in time")
    turns = np.degrees(orientation_errors(one, other))
    gaps = 1e3 * point_errors(one, other)
    frame = _worst(turns)
    scene, top = scene_of(one, other), scale_top(turns, "°")
    still = still_svg(one, other, frame, turns[frame], top, names)
    middle = _middle(one)
    step = max(step_for(s.positions - middle, _FINEST_M) for s in (one, other))
    content = {
        "names": list(names),
        "rate": sampling_rate(one.times),
        "start": float(one.times[0]),
        "frames": len(one.times),
        "first": frame,
        "step": step,
        "middle": [float(value) for value in middle],
        "yaw": scene.side_yaw,
        "floor": scene.floor_m,
        "top": scene.top_m,
        "skeletons": [_part(s, middle, step) for s in (one, other)],
        "turns": {"step": _FINEST_DEG, "top": top, "values": as_courses(turns, _FINEST_DEG)},
        "gaps": {
            "top": scale_top(gaps[:, : turns.shape[1]], "mm"),
            "points": _partners(one.anatomy, other.anatomy),
        },
        "light": list(LIGHT),
        "dark": list(DARK),
    }
    return PlayerBlock(as_json_island(content), still, caption, description)


def _part(skeleton: Skeleton, middle: FloatArray, step: float) -> dict[str, Any]:
    anatomy = skeleton.anatomy
    return {
        "bodies": [label_of(name) for name in anatomy.bodies],
        "joints": [label_of(name) for name in anatomy.joints],
        "points": len(anatomy.point_names),
        "bones": [[b.body, b.start, b.end, round(b.radius_m, 4)] for b in anatomy.bones],
        "plates": [[plate.body, *plate.points] for plate in anatomy.plates],
        "positions": as_courses(skeleton.positions - middle, step),
    }


def _partners(reference: Anatomy, estimate: Anatomy) -> list[int]:
    """For each point of the estimate, the reference's point of that name, or −1."""
    places = {name: point for point, name in enumerate(reference.point_names)}
    return [places.get(name, -1) for name in estimate.point_names]


def _middle(skeleton: Skeleton) -> FloatArray:
    """Middle of the box in which the skeleton moves, so that small numbers tell its places."""
    points = skeleton.positions.reshape(-1, 3)
    known = points[np.isfinite(points[:, 0])]
    if not len(known):
        raise ValueRangeError("the reference has no frame without missing values")
    return np.asarray(np.round((known.min(axis=0) + known.max(axis=0)) / 2, 3))


def _worst(errors: FloatArray) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # frames without any error are no news
        means = np.nanmean(errors, axis=1)
    return int(np.argmax(np.where(np.isfinite(means), means, -1.0)))
