"""What a recording and the choices made on it show: numbers that speak for or against causes.

Nothing here runs a pipeline. A feature that cannot be measured, for want of keypoints or of a
static trial, is NaN and speaks for nothing.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kinebench.core.trial import Trial
from kinebench.diagnosis.course_features import (
    ALIKE,
    of_choices,
    of_depth,
    of_frames,
    of_time,
    of_wandering,
)
from kinebench.diagnosis.stance_features import (
    SEGMENTS,
    of_pose,
    of_sides,
    of_size,
    of_tilt,
)
from kinebench.diagnosis.stance_features import (
    Choices as Choices,
)
from kinebench.diagnosis.stance_features import (
    calm as calm,
)
from kinebench.errors import NameNotFoundError

_FEWEST = 5
_NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Feature:
    """A number that a recording is judged by.

    Parameters
    ----------
    unit : str
    meaning : str
        What is measured; of a side, what a positive value says of the right one, in words in
        which ``{side}`` and ``{other}`` stand for right and left.
    sided : bool
        Right against left: a mirrored recording has the opposite value.
    logarithm : bool
        Whether the value is the logarithm of what is shown.
    """

    unit: str
    meaning: str
    sided: bool = False
    logarithm: bool = False


def _plain(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning)


def _sided(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning, sided=True)


def _log(unit: str, meaning: str) -> Feature:
    return Feature(unit, meaning, logarithm=True)


_NAMED = {
    "static uneven": _sided("°", "the {side} knee is more bent than the {other} one where the"
                            " model is scaled"),
    "static uneven, own": _sided("°", "the {side} knee is more bent than the {other} one where"
                                 " the model is scaled, beyond the straightest movement"),
    "static bent": _plain("°", "both knees appear bent where the model is scaled"),
    "static bent, own": _plain("°", "both knees are more bent in the static trial than where"
                               " the movement is straightest"),
    "static lean": _plain("°", "the trunk appears to lean forwards where the model is scaled"),
    "static lean, own": _plain("°", "the trunk leans more in the static trial than where the"
                               " movement is straightest"),
    "static hips": _plain("mm", "hips in front of the ankles where the model is scaled"),
    "static hips, own": _plain("mm", "hips farther in front of the ankles in the static trial"
                               " than where the movement is straightest"),
    "window knee": _plain("°", "a knee is more bent in the static window than in another"),
    "window lean": _plain("°", "the trunk leans more in the static window than in another"),
    "no static trial": _plain("°", "a knee is bent where the model is scaled, for want of a"
                              " static trial"),
    "needless set-up": _plain("", "the set-up for any pose is used on a straight one"),
    "tilt sideways": _sided("°", "feet and posture lean to the {side}"),
    "tilt forwards": _plain("°", "feet and posture lean forwards"),
    "tilt sideways, movement": _sided("°", "feet and posture of the movement lean to the"
                                      " {side}"),
    "tilt forwards, movement": _plain("°", "feet and posture of the movement lean forwards"),
    "floor slope": _sided("mm", "the {side} foot rests higher than the {other} one"),
    "heel over toes": _plain("mm", "heels rest higher than toes"),
    "trunk to the right": _sided("°", "the line from ankles to shoulders leans to the {side}"),
    "trunk forwards": _plain("°", "the line from ankles to shoulders leans forwards"),
    "size, movement": _plain("%", "segments of the movement are longer than the stated height"
                             " suggests"),
    "size, static": _plain("%", "segments of the static trial are longer than the stated"
                           " height suggests"),
    "size, change": _plain("%", "segments of the movement are longer than in the static trial"),
    "shear": _plain("%", "legs are longer than in the static trial, more than arms are"),
    "changing": _plain("%", "a segment of the leg changes its length within the movement"),
    "changing, static": _plain("%", "a segment of the leg changes its length within the static"
                               " trial"),
    "hip height": _sided("mm", "the {side} hip is higher in the static trial"),
    "knee height": _sided("mm", "the {side} knee is higher in the static trial"),
    "ankle height": _sided("mm", "the {side} ankle is higher in the static trial"),
    "hip height, movement": _sided("mm", "the {side} hip is higher where the movement is"
                                   " highest"),
    "knee height, movement": _sided("mm", "the {side} knee is higher where the movement is"
                                    " highest"),
    "ankle height, movement": _sided("mm", "the {side} ankle is higher where the movement is"
                                     " highest"),
    "shoulder height": _sided("mm", "the {side} shoulder is higher, standing"),
    "hip sinks": _sided("mm", "the {other} hip sinks against the {side} one with depth"),
    "knee sinks": _sided("mm", "the {other} knee sinks against the {side} one with depth"),
    "shoulder sinks": _sided("mm", "the {other} shoulder sinks against the {side} with depth"),
    "pelvis shifts": _sided("mm", "the hips move to the {side} with depth"),
    "deep uneven": _sided("°", "the {side} knee bends more than the {other} with depth"),
    "late": _sided("ms", "the {side} knee bends later than the {other}"),
    "late path": _sided("ms", "the {side} knee's path is later than the {other}'s"),
    "alike": _log("", "what both knees do not have in common"),
    "wandering": _sided("log", "lengths of the {side} leg change more than the {other}'s"),
    "wandering, most": _log("mm", "slow changes of a leg's lengths, beyond those with depth"),
    "feet wander": _sided("log", "the {side} foot, at rest, moves more than the {other}"),
    "feet wander, most": _log("mm", "movement of a foot that should be at rest"),
    "swaps": _log("% of the frames", "left and right exchanged"),
    "jumps": _log("% of the frames", "keypoints of the legs 0.1 m off their course"),
    "low outlier": _log("mm", "lowest frame of a foot's keypoint below the course around it"),
    "tremble": _sided("log", "the {side} leg trembles more than the {other}"),
    "tremble, most": _log("mm", "tremble of the more restless leg"),
    "start": _plain("°", "a knee turns within the augmenter's first second, without warm-up"),
    "rate": _plain("octaves", "frame rate over the one that the augmenter knows"),
    "smoothed away": _log("%", "speed of the legs (squared) that the cleaning takes away"),
    "mass": _log("times 24 kg/m²", "stated body-mass index"),
}  # fmt: skip


def _of_segments() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for name in SEGMENTS:
        longer = f"the {{side}} {name} is longer than the {{other}} one"
        found |= {
            f"{name} length": _sided("%", f"{longer} in the movement"),
            f"{name} length, static": _sided("%", f"{longer} in the static trial"),
            f"{name} length, change": _sided("%", f"{longer}, beyond the static trial"),
            f"{name} with depth": _sided("mm", f"the {{side}} {name} lengthens more with depth"),
        }
    return found


# What means something only where both legs do the same, and what needs both feet on the floor.
_OF_BOTH = (
    "late", "late path", "hip sinks", "knee sinks", "shoulder sinks", "pelvis shifts",
    "deep uneven", "feet wander", "feet wander, most", "hip height, movement",
    "knee height, movement", "ankle height, movement", "tilt sideways, movement",
    "tilt forwards, movement", *(f"{name} with depth" for name in SEGMENTS),
)  # fmt: skip
_OF_STANDING = (
    "floor slope", "heel over toes", "trunk to the right", "trunk forwards", "shoulder height",
)  # fmt: skip

FEATURES: Mapping[str, Feature] = MappingProxyType({**_NAMED, **_of_segments()})
"""Every feature by name."""


def measured(trial: Trial, choices: Choices = _NO_CHOICES) -> dict[str, float]:
    """Every one of `FEATURES`; NaN where it cannot be measured, as in less than five frames.

    Parameters
    ----------
    trial : Trial
    choices : Choices
    """
    moving = calm(trial.keypoints)
    static = None if trial.static is None else calm(trial.static)
    if moving.n_frames < _FEWEST:
        return dict.fromkeys(FEATURES, math.nan)
    groups: tuple[Callable[[], dict[str, float]], ...] = (
        lambda: of_pose(moving, static, choices),
        lambda: of_tilt(moving, static),
        lambda: of_size(moving, static, trial.subject),
        lambda: of_sides(moving, static),
        lambda: of_depth(moving),
        lambda: of_time(trial.keypoints, moving),
        lambda: of_wandering(moving),
        lambda: of_frames(trial.keypoints, moving),
        lambda: of_choices(trial, choices, moving),
    )
    found = dict.fromkeys(FEATURES, math.nan)
    for group in groups:
        with warnings.catch_warnings(), contextlib.suppress(NameNotFoundError):
            warnings.simplefilter("ignore")
            found |= {name: float(value) for name, value in group().items()}
    return comparable(found, trial.static is not None)


def comparable(features: dict[str, float], with_static: bool) -> dict[str, float]:
    """Without what compares sides that do not move alike, as in walking: NaN.

    Parameters
    ----------
    features : dict of str to float
    with_static : bool
        Without a static trial, standing is what the movement has of it.
    """
    if features["alike"] <= math.log(1 - ALIKE):
        return features
    unknown = _OF_BOTH if with_static else (*_OF_BOTH, *_OF_STANDING)
    return {**features, **dict.fromkeys(unknown, math.nan)}
