"""The family of camera rigs beside public recordings: writes rigs.md.

``python -m benchmarks.laboratory.rigs [FILE.md]`` measures OpenCap recordings of three people, and
virtual recordings of the same movements by the plausible presets, in the same way. The drop jump of
LabValidation subject 2 was looked at once, after everything else had been settled. Needs the public
files: in the cache, in the mirror that KINEBENCH_MIRROR names, or from the network.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.laboratory.camera import BANDS_HZ, RECORDINGS, WALK, band_rms, table
from kinebench.augmentation import LSTMAugmenter
from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.datasets import fetch_file
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically
from kinebench.io.trc import read_trc
from kinebench.lab import Population, opencap_body, record
from kinebench.lab.camera import CameraError, Chain, ImageFilter, plausible_presets, two_phones
from kinebench.lab.camera.bias import segment_axes
from kinebench.lab.camera.posture import joint_flexions
from kinebench.lab.motions import DropJump, Gait, MotionModel, SitToStand, Squat, Standing

DEFAULT = Path(__file__).with_name("rigs.md")
SUBJECTS = {2: Subject(78.2, 1.96, "2"), 3: Subject(63.5, 1.69, "3"), 0: Subject(72.0, 1.78, "0")}
MEMBERS, MEMBERS_OLDER = 24, 12
_AUGMENTER = "v0.3"
_FILTER_HZ = 12.0


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
        # nothing of this recording lies above 12 Hz
        _FILTER_HZ,
    ),
    "subject 3, walking": Filmed(WALK, 3, Gait(strides=1), _FILTER_HZ),
}
HELD_OUT = {
    "subject 2, drop jump": Filmed(
        ("keypoints-subject2", "test_data/drop_vertical_jump.trc"), 2, DropJump()
    )
}

_PREAMBLE = """# Camera rigs beside recordings

Made by `python -m benchmarks.laboratory.rigs`: OpenCap recordings of three people beside virtual
people who make the same movements, filmed by the 24 first plausible presets (each with a person of
its own) and by `two_phones` (12 people). Everything is measured in the same way, mm unless it says
otherwise; ✗ marks a recording outside of the presets' central 80 %. "Augmented" is OpenCap's
augmenter v0.3, which is run on recorded and virtual keypoints alike; "centre" is the hip centre of
optical markers. Differences of the movements themselves remain: people of the laboratory do not
squat as deep as subject 2 did.

What the presets rest on: three people (2 degrees of freedom for what differs between people), seven
recordings (5 degrees of freedom for what differs within people), one walking trial with optical
joint centres (shared biases of all keypoints but the hips; lean and size of the reconstruction).
The seventh recording, calf raises of subject 2, is no movement of the laboratory and is not shown.
The ranges of the presets follow from these numbers: `kinebench.lab.camera.rig_presets`.
"""

_VERDICT = """
The held-out drop jump: what is wrong with places (segment lengths, bias, sides, lean) is foretold
about as well as for the recordings that the presets were set on, and better than by `two_phones`.
The noise is not: above 13 Hz a jump trembles half as much again as the presets say, so that noise
grows more with speed than squats show. (Below 9 Hz the spectrum is that of the jump itself, which
is not the laboratory's.) The lengths of foot and forearm vary twice as much as foretold. Nothing
was changed after this was seen. It is another movement of a person who was seen, not a new person.
"""

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


@cache
def of_preset(
    motion: MotionModel, filter_hz: float | None, preset: CameraError, number: int
) -> Mapping[str, float]:
    """Measures of a virtual person who moves so."""
    errors = preset if filter_hz is None else Chain((preset, ImageFilter(filter_hz)))
    person = Population("rigs").subject(number)
    film = record(person, motion, errors, generic=opencap_body())
    found = measures(film.keypoints, person.as_subject())
    if isinstance(motion, Gait):
        places = {name: film.true_keypoints.position(name) for name in ("RHip", "LHip")}
        found |= bias_measures(film.keypoints, places, "centre")
        found |= distortion(film.keypoints, places)
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A measure of a recording beside the laboratory's.

    Parameters
    ----------
    name : str
    recorded : float
    family, older : (n,)
        Of plausible presets, and of `two_phones`, each with people of their own.
    """

    name: str
    recorded: float
    family: FloatArray
    older: FloatArray

    @property
    def inside(self) -> bool:
        """Whether the recording lies in the central 80 % of the family."""
        return bool(_low(self.family) <= self.recorded <= _high(self.family))

    @property
    def inside_older(self) -> bool:
        """Whether the recording lies within the older preset's range."""
        return bool(_low(self.older) <= self.recorded <= _high(self.older))

    def cells(self) -> list[str]:
        """Of a table's line."""
        return [
            self.name,
            f"{self.recorded:.1f}",
            _interval(self.family) + ("" if self.inside else " ✗"),
            _interval(self.older) + ("" if self.inside_older else " ✗"),
        ]


def _low(values: FloatArray) -> float:
    return float(np.quantile(values, 0.1))


def _high(values: FloatArray) -> float:
    return float(np.quantile(values, 0.9))


def _interval(values: FloatArray) -> str:
    return f"{np.median(values):.1f} [{_low(values):.1f}, {_high(values):.1f}]"


def rows_of(filmed: Filmed) -> list[Row]:
    """All measures of a recording."""
    recorded = of_recording(filmed)
    how = filmed.motion, filmed.filter_hz
    family = _collected(of_preset(*how, one, n) for n, one in enumerate(plausible_presets(MEMBERS)))
    older = _collected(of_preset(*how, two_phones(), n) for n in range(MEMBERS_OLDER))
    return [Row(name, value, family[name], older[name]) for name, value in recorded.items()
            if name in family]  # fmt: skip


def _collected(found: Iterable[Mapping[str, float]]) -> dict[str, FloatArray]:
    every = list(found)
    shared = [name for name in every[0] if all(name in one for one in every)]
    return {name: np.array([one[name] for one in every]) for name in shared}


_GROUPS: Mapping[str, Callable[[str], bool]] = {
    "noise spectrum": lambda name: " Hz, " in name,
    "segment lengths": lambda name: name.split(":")[0] in SEGMENTS,
    "keypoints from joint centres": lambda name: " from " in name and "SD" not in name,
    "their spread over time": lambda name: " from " in name and "SD" in name,
    "lean and size": lambda name: name.startswith(("feet:", "lean", "size")),
}
_HEAD = ("", "recorded", "plausible presets: median [80 %]", "two_phones: median [80 %]")


def summary(found: Mapping[str, list[Row]]) -> str:
    """How many measures of each recording lie within the central 80 %."""
    lines = []
    for name, rows in found.items():
        cells = [name]
        for belongs in _GROUPS.values():
            group = [row for row in rows if belongs(row.name)]
            ours = sum(row.inside for row in group)
            older = sum(row.inside_older for row in group)
            cells.append(f"{ours} of {len(group)} ({older})" if group else "—")
        lines.append(cells)
    return table(("", *_GROUPS), lines)


def document() -> str:
    """The whole text."""
    seen = {name: rows_of(filmed) for name, filmed in SEEN.items()}
    held_out = {name: rows_of(filmed) for name, filmed in HELD_OUT.items()}
    details = "".join(
        f"\n### {name}\n\n{table(_HEAD, (row.cells() for row in rows))}"
        for name, rows in seen.items()
    )
    name, rows = next(iter(held_out.items()))
    return (
        f"{_PREAMBLE}\n## How many measures lie within the presets' central 80 %\n\n"
        f"In brackets: of `two_phones`.\n\n{summary(seen | held_out)}{_VERDICT}"
        f"\n## Held out: {name}\n\n{table(_HEAD, (row.cells() for row in rows))}"
        f"\n## What the presets were set on\n{details}"
    )


def main(arguments: list[str]) -> int:
    """Write the table."""
    warnings.simplefilter("ignore", KinebenchWarning)
    write_atomically(Path(arguments[0]) if arguments else DEFAULT, document())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
