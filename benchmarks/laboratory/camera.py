"""The laboratory's camera preset beside public recordings: writes camera.md.

Noise spectrum of keypoints, their bias against optical joint centres, and the distance of augmented
from true markers, per version and by what causes it. Needs the public files: in the cache, in the
mirror that KINEBENCH_MIRROR names, or from the network.

    python -m benchmarks.laboratory.camera [FILE.md]
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.signal import welch

from kinebench.augmentation import LSTMAugmenter
from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.datasets import fetch_file
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import write_atomically
from kinebench.io.mot import read_motion
from kinebench.io.trc import read_trc
from kinebench.lab import Body, Population, Recording, VirtualSubject, opencap_body, record
from kinebench.lab.camera import CameraError, Chain, two_phones
from kinebench.lab.camera.presets import OPENPOSE_BIAS
from kinebench.lab.motions import Gait, MotionModel, Replay, SitToStand, Squat

DEFAULT = Path(__file__).with_name("camera.md")
RECORDINGS = {
    "subject 2, squats": ("keypoints-subject2", "test_data/squats.trc"),
    "subject 2, sit-to-stand": ("keypoints-subject2", "test_data/sit_to_stand.trc"),
    "session, squats": (
        "opencap-session-subject0",
        "test_data/subject0/MarkerData/Squats_0.trc",
    ),
    "session, asymmetric": (
        "opencap-session-subject0",
        "test_data/subject0/MarkerData/Asym_0.trc",
    ),
}
WALK = ("labvalidation-subject3-walking1", "Examples/GRF_tracking_data/OC_val/walking1.trc")
BANDS_HZ = ((4, 6), (6, 9), (9, 13), (13, 18), (18, 25))
PAIRS = tuple(
    f"{side}{name}"
    for name in ("ASIS", "PSIS", "knee", "ankle", "toe", "5meta", "calc")
    for side in (("r.", "L.") if name.isupper() else ("r_", "L_"))
)
WALKER = Subject(63.5, 1.69, "subject 3")
REPLAYED = ("labvalidation-subject4-mocap", "data/grf/Subject4/IK/walking1_manual_scaling_ik.mot")
PEOPLE = range(1, 9)
VERSIONS = ("v0.0", "v0.1", "v0.2", "v0.3")
PRESET = two_phones(filter_hz=12.0)

_PREAMBLE = """# The camera preset beside recordings

Made by `python -m benchmarks.laboratory.camera`. Virtual people have the height and mass of
LabValidation subject 3 and otherwise the population's spread; the preset is `two_phones`, with the
image filter of gait where they walk.

"""
_VERDICT = """
The markers of subject 3 lie 31.4 mm off, and walking virtual people on the same model are within
one standard deviation of it, without any number of the preset having been moved to meet it: nearly
two thirds of the distance are the augmenter's own, the rest comes from the keypoints' bias, little
from their noise. Pairs differ from subject 3's by up to 12 mm, as one person's markers do from
another's.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first column holds names."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def band_rms(keypoints: Markers) -> FloatArray:
    """RMS per band, median over keypoints: (n_bands, 3) mm."""
    frequencies, power = welch(  # type: ignore[call-overload]  # the stubs' detrend is no name
        keypoints.positions,
        fs=keypoints.rate_hz,
        axis=0,
        nperseg=128,
        detrend="linear",
    )
    step = frequencies[1] - frequencies[0]
    rows = []
    for low, high in BANDS_HZ:
        inside = (frequencies >= low) & (frequencies < high)
        rows.append(np.median(1000 * np.sqrt(power[inside].sum(axis=0) * step), axis=0))
    return np.array(rows)


def spectra() -> str:
    """Noise above what people move with."""
    rows = {
        name: read_trc(fetch_file(*file)).select(OPENCAP_20) for name, file in RECORDINGS.items()
    }
    person = Population().subject(1)
    laboratory: dict[str, MotionModel] = {"squats": Squat(), "sit-to-stand": SitToStand()}
    for name, motion in laboratory.items():
        film = record(person, motion, two_phones())
        rows[f"laboratory, {name}"] = film.keypoints
        rows[f"laboratory without errors, {name}"] = film.true_keypoints
    head = ["RMS x, y, z, mm", *(f"{low}–{high} Hz" for low, high in BANDS_HZ)]
    return "## Noise, median of the 20 keypoints\n\n" + table(
        head,
        (
            [name, *(", ".join(f"{value:.1f}" for value in band) for band in band_rms(keypoints))]
            for name, keypoints in rows.items()
        ),
    )


def optical_centres(walk: Markers) -> dict[str, FloatArray]:
    """Joint centres that optical markers of both sides give (n_frames, 3) m."""
    centres = {}
    for side in "RL":
        centres[f"{side}Hip"] = walk.position(f"{side}_HJC")
        for joint, one, other in (
            ("Elbow", "elbow_med", "elbow_lat"),
            ("Wrist", "wrist_radius", "wrist_ulna"),
        ):
            ends = [walk.position(f"{side}_{name}") for name in (one, other)]
            centres[f"{side}{joint}"] = (ends[0] + ends[1]) / 2
        small = side.lower() if side == "R" else side
        centres[f"{side}Heel"] = walk.position(f"{small}_calc")
    return centres


def error_of(seen: FloatArray, true: FloatArray, name: str) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation over time, (3,) mm, z outwards."""
    error = 1000 * (seen - true) * [1, 1, 1 if name[0] == "R" else -1]
    return error.mean(axis=0), error.std(axis=0)


def bias() -> str:
    """Keypoints against what they stand for, walking along x."""
    walk = read_trc(fetch_file(*WALK))
    rows = []
    recordings = films(Gait(), PRESET, None)
    for name, centre in optical_centres(walk).items():
        mean, spread = error_of(walk.position(name), centre, name)
        virtual = [error_of(film.keypoints.position(name), true_place(film, name), name)
                   for film in recordings]  # fmt: skip
        means = np.array([one[0] for one in virtual])
        cells = [mean, spread, means.mean(0), means.std(0), np.mean([v[1] for v in virtual], 0)]
        rows.append([name, *(", ".join(f"{value:.0f}" for value in cell) for cell in cells)])
    head = ["x, y, outwards, mm", "subject 3: mean", "spread over time", "laboratory: mean",
            "between people", "spread over time"]  # fmt: skip
    return "\n## Bias and slow errors of keypoints, walking\n\n" + table(head, rows)


def true_place(film: Recording, name: str) -> FloatArray:
    """Where a keypoint's joint is; for the heel, the calcaneus marker."""
    if name.endswith("Heel"):
        marker = "r_calc_study" if name[0] == "R" else "L_calc_study"
        return film.true_markers.position(marker)
    return film.true_keypoints.position(name)


def films(motion: MotionModel, errors: CameraError, generic: Body | None) -> tuple[Recording, ...]:
    """The same people and noise for every case."""
    return tuple(record(walker(n), motion, errors, generic=generic) for n in PEOPLE)


def walker(number: int) -> VirtualSubject:
    """A virtual person of subject 3's height and mass."""
    drawn = Population("walkers").subject(number)
    return VirtualSubject(
        drawn.identifier, "female", WALKER.height_m, WALKER.mass_kg,
        drawn.pelvis, drawn.trunk, drawn.thigh_r, drawn.thigh_l, drawn.shank_r, drawn.shank_l,
        drawn.foot, drawn.upper_arm, drawn.forearm, drawn.marker_shifts,
    )  # fmt: skip


def pair_distances(true: Markers, augmented: Markers, ending: str) -> FloatArray:
    """Mean distance per pair, mm."""
    estimate = augmented.select([f"{name}_study" for name in PAIRS]).positions
    truth = true.select([f"{name}{ending}" for name in PAIRS]).positions
    return np.asarray(1000 * np.linalg.norm(estimate - truth, axis=2).mean(axis=0))


def virtual_distances(recordings: Iterable[Recording], version: str) -> FloatArray:
    """Distance per person and pair, mm."""
    augment = LSTMAugmenter(version, warm_up_s=1.0)
    return np.array(
        [
            pair_distances(
                film.true_markers, augment(film.keypoints, film.subject.as_subject()), "_study"
            )
            for film in recordings
        ]
    )


def cells(distances: FloatArray) -> list[str]:
    """Mean, its spread between people, and each pair with both sides together."""
    people = np.atleast_2d(distances)
    mean, pairs = people.mean(axis=1), people.mean(axis=0).reshape(-1, 2).mean(axis=1)
    spread = f" ± {mean.std(ddof=1):.1f}" if len(people) > 1 else ""
    return [f"{mean.mean():.1f}{spread}", *(f"{value:.1f}" for value in pairs)]


HEAD = ("mean", *(name.removeprefix("r").strip("._") for name in PAIRS[::2]))


def versions() -> str:
    """Augmented against optical or true markers, walking, per version."""
    walk = read_trc(fetch_file(*WALK))
    sample = load("labvalidation-subject3-walking1", "walking1")
    optical, keypoints = sample.markers["mocap"], sample.markers["keypoints"]
    rows = [["subject 3, as recorded (v0.1)", *cells(pair_distances(walk, walk, ""))]]
    for version in VERSIONS:
        augmented = LSTMAugmenter(version, warm_up_s=1.0, resample_hz=60.0)(keypoints, WALKER)
        rows.append([f"subject 3, {version}", *cells(pair_distances(optical, augmented, ""))])
    bodies: dict[str, Body | None] = {"LaiUhlrich2022": opencap_body(), "own body": None}
    for where, generic in bodies.items():
        recordings = films(Gait(), PRESET, generic)
        for version in VERSIONS:
            distances = virtual_distances(recordings, version)
            rows.append([f"laboratory, {where}, {version}", *cells(distances)])
    title = "\n## Augmented against true markers, walking, mm (14 pairs; ± between 8 people)\n\n"
    return title + table(["", *HEAD], rows)


def causes() -> str:
    """What of the distance comes from the cameras, and what from how the person walks."""
    errors: dict[str, CameraError] = {
        "none": Chain(),
        "bias": OPENPOSE_BIAS,
        "noise": without_bias(),
        "all": PRESET,
    }
    motions: dict[str, MotionModel] = {
        "gait": Gait(),
        "subject 4's joint angles": Replay(read_motion(fetch_file(*REPLAYED))),
    }
    rows = [
        [f"{how}, camera errors: {what}",
         *cells(virtual_distances(films(motion, error, opencap_body()), "v0.1"))]
        for how, motion in motions.items() for what, error in errors.items()
    ]  # fmt: skip
    return "\n## By cause, v0.1 on LaiUhlrich2022, mm\n\n" + table(["", *HEAD], rows)


def without_bias() -> Chain:
    """The preset's noise alone."""
    return replace(PRESET, errors=tuple(e for e in PRESET.errors if e != OPENPOSE_BIAS))


def main(path: Path = DEFAULT) -> None:
    """Compare, print, write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)
        text = _PREAMBLE + spectra() + bias() + versions() + causes() + _VERDICT
    print(text)
    write_atomically(path, text)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
