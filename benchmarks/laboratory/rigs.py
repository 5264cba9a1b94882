"""The family of camera rigs beside public recordings: writes rigs.md.

``python -m benchmarks.laboratory.rigs [FILE.md]`` measures OpenCap recordings of three people, and
virtual recordings of the same movements by the plausible presets, in the same way. The drop jump of
LabValidation subject 2 was looked at once, after everything else had been settled. Needs the public
files: in the cache, in the mirror that KINEBENCH_MIRROR names, or from the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.laboratory.camera import BANDS_HZ, RECORDINGS, WALK, band_rms
from kinebench.augmentation import LSTMAugmenter
from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.datasets import fetch_file
from kinebench.io.trc import read_trc
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera import CameraError, Chain, ImageFilter
from kinebench.lab.camera.bias import segment_axes
from kinebench.lab.camera.posture import joint_flexions
from kinebench.lab.motions import DropJump, Gait, MotionModel, SitToStand, Squat, Standing

DEFAULT = Path(__file__).with_name("rigs.md")
SUBJECTS = {2: Subject(78.2, 1.96, "2"), 3: Subject(63.5, 1.69, "3"), 0: Subject(72.0, 1.78, "0")}
MEMBERS = 24
_AUGMENTER = "v0.3"
_GAIT_FILTER_HZ = 12.0


@dataclass(frozen=True, slots=True)
class Filmed:
    """A public recording, who it shows, and the movement that stands for it in the laboratory."""

    file: tuple[str, str]
    subject: int
    motion: MotionModel
    filter_hz: float | None = None


SEEN = {
    "subject 2, squats": Filmed(RECORDINGS["subject 2, squats"], 2, Squat()),
    "subject 2, sit-to-stand": Filmed(RECORDINGS["subject 2, sit-to-stand"], 2, SitToStand()),
    "session, squats": Filmed(RECORDINGS["session, squats"], 0, Squat()),
    "session, asymmetric": Filmed(
        RECORDINGS["session, asymmetric"], 0, Squat(drop_deg=5.0, shift_m=0.03)
    ),
    "session, neutral": Filmed(
        ("opencap-session-subject0", "test_data/subject0/MarkerData/neutral.trc"),
        0,
        Standing(duration_s=1.6),
    ),
    "subject 3, walking": Filmed(WALK, 3, Gait(strides=1), _GAIT_FILTER_HZ),
}
HELD_OUT = {
    "subject 2, drop jump": Filmed(
        ("keypoints-subject2", "test_data/drop_vertical_jump.trc"), 2, DropJump()
    )
}

SEGMENTS = {
    "thigh": ("Hip", "Knee"),
    "shank": ("Knee", "Ankle"),
    "upper arm": ("Shoulder", "Elbow"),
    "forearm": ("Elbow", "Wrist"),
    "foot": ("Heel", "BigToe"),
}


def lengths(keypoints: Markers, segment: str) -> FloatArray:
    """Of both sides (2, n_frames), mm."""
    one, other = SEGMENTS[segment]
    return np.array(
        [
            1000
            * np.linalg.norm(
                keypoints.position(side + one) - keypoints.position(side + other), axis=1
            )
            for side in "RL"
        ]
    )


def length_measures(keypoints: Markers) -> dict[str, float]:
    """Change over time, and difference of the sides, of segment lengths, mm."""
    found = {}
    for segment in SEGMENTS:
        both = lengths(keypoints, segment)
        found[f"{segment}: SD over time"] = float(both.std(axis=1).mean())
        found[f"{segment}: right minus left"] = float(both[0].mean() - both[1].mean())
    both = lengths(keypoints, "thigh")
    flexion = [joint_flexions(keypoints, side)["Hip"] for side in "RL"]
    if np.ptp(flexion[0]) > 1.0:
        slopes = [np.polyfit(f, one, 1)[0] for f, one in zip(flexion, both, strict=True)]
        found["thigh: per radian of hip flexion"] = float(np.mean(slopes))
    return found


def lean_measure(keypoints: Markers) -> dict[str, float]:
    """Sideways lean that the feet show while they stand, degrees."""
    names = ("Ankle", "Heel", "BigToe", "SmallToe")
    first = keypoints.times - keypoints.times[0] < 0.5
    steps = [
        (keypoints.position("R" + name) - keypoints.position("L" + name))[first].mean(axis=0)
        for name in names
    ]
    height, apart = np.mean([s[1] for s in steps]), np.mean([s[2] for s in steps])
    return {"feet: right higher than left": float(np.degrees(np.arctan2(height, apart)))}


def spectrum(keypoints: Markers) -> dict[str, float]:
    """RMS per band and axis, mm; empty for a short recording."""
    if keypoints.n_frames < 128:
        return {}
    bands = band_rms(keypoints)
    return {
        f"{low}–{high} Hz, {axis}": float(bands[row, column])
        for row, (low, high) in enumerate(BANDS_HZ)
        for column, axis in enumerate("xyz")
    }


def centres(augmented: Markers) -> dict[str, FloatArray]:
    """Joint centres of augmented markers (n_frames, 3) m."""
    found = {}
    for side, letter in (("R", "r"), ("L", "L")):
        found[f"{side}Hip"] = augmented.position(f"{side}HJC_study")
        for joint in ("knee", "ankle"):
            ends = [augmented.position(f"{letter}_{m}{joint}_study") for m in ("", "m")]
            found[f"{side}{joint.capitalize()}"] = (ends[0] + ends[1]) / 2
    return found


def bias_measures(
    keypoints: Markers, reference: Mapping[str, FloatArray], label: str
) -> dict[str, float]:
    """Keypoints from joint centres, in the segments' axes, mm: both sides, and their difference."""
    found = {}
    for joint in dict.fromkeys(name[1:] for name in reference):
        means, spreads = [], []
        for side in "RL":
            error = 1000 * (keypoints.position(side + joint) - reference[side + joint])
            parts = np.einsum("kfi,fi->fk", segment_axes(keypoints, side, joint), error)
            parts[:, 2] *= 1 if side == "R" else -1
            means.append(parts.mean(axis=0))
            spreads.append(parts.std(axis=0))
        for axis, name in enumerate(("forwards", "upwards", "outwards")):
            where = f"{joint.lower()} from {label}, {name}"
            found[where] = float(np.mean(means, axis=0)[axis])
            found[f"{where}: SD over time"] = float(np.mean(spreads, axis=0)[axis])
    return found


def measures(keypoints: Markers, subject: Subject) -> dict[str, float]:
    """Everything that needs no reference but OpenCap's own augmenter."""
    augment = LSTMAugmenter(_AUGMENTER, warm_up_s=1.0, resample_hz=60.0)
    return {
        **spectrum(keypoints),
        **length_measures(keypoints),
        **lean_measure(keypoints),
        **bias_measures(keypoints, centres(augment(keypoints, subject)), "augmented"),
    }


def optical(walk: Markers) -> dict[str, FloatArray]:
    """Hip centres of optical markers (n_frames, 3) m."""
    return {f"{side}Hip": walk.position(f"{side}_HJC") for side in "RL"}


def distortion(keypoints: Markers, reference: Mapping[str, FloatArray]) -> dict[str, float]:
    """How the mean error changes along the walk: lean and size of the reconstruction."""
    errors = np.mean([keypoints.position(n) - place for n, place in reference.items()], axis=0)
    along = np.mean(list(reference.values()), axis=0)[:, 0]
    slopes = np.polyfit(along, errors, 1)[0]
    return {
        "lean forward along the walk, degrees": float(np.degrees(np.arctan(slopes[1]))),
        "size along the walk, %": float(100 * slopes[0]),
    }


def of_recording(filmed: Filmed) -> dict[str, float]:
    """Measures of a public recording."""
    whole = read_trc(fetch_file(*filmed.file))
    keypoints = whole.select(OPENCAP_20)
    found = measures(keypoints, SUBJECTS[filmed.subject])
    if filmed.file == WALK:
        places = optical(whole)
        found |= bias_measures(keypoints, places, "centre") | distortion(keypoints, places)
    return found


def of_preset(filmed: Filmed, preset: CameraError, number: int) -> dict[str, float]:
    """Measures of a virtual person who makes the same movement."""
    errors = preset if filmed.filter_hz is None else Chain((preset, ImageFilter(filmed.filter_hz)))
    person = Population("rigs").subject(number)
    film = record(person, filmed.motion, errors, generic=opencap_body())
    found = measures(film.keypoints, person.as_subject())
    if filmed.file == WALK:
        places = {n: film.true_keypoints.position(n) for n in ("RHip", "LHip")}
        found |= bias_measures(film.keypoints, places, "centre")
        found |= distortion(film.keypoints, places)
    return found


def _collected(found: Iterable[Mapping[str, float]]) -> dict[str, FloatArray]:
    every = list(found)
    return {name: np.array([one[name] for one in every]) for name in every[0]}
