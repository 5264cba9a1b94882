"""The laboratory's camera preset beside public recordings.

Prints the noise spectrum of keypoints, their bias against optical joint centres, and the distance
of augmented from true markers. Needs the public files: in the cache, in the mirror that
KINEBENCH_MIRROR names, or from the network.

    python benchmarks/laboratory/camera.py
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy.signal import welch

from kinebench.augmentation import LSTMAugmenter
from kinebench.core import Markers, Subject
from kinebench.core.arrays import FloatArray
from kinebench.core.keypoints import OPENCAP_20
from kinebench.datasets import fetch_file
from kinebench.errors import KinebenchWarning
from kinebench.io.trc import read_trc
from kinebench.lab import Body, Population, Recording, VirtualSubject, opencap_body, record
from kinebench.lab.camera import two_phones
from kinebench.lab.motions import Gait, MotionModel, SitToStand, Squat

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


def band_rms(keypoints: Markers) -> FloatArray:
    """RMS per band, median over keypoints: (n_bands, 3) mm."""
    frequencies, power = welch(
        keypoints.positions, fs=keypoints.rate_hz, axis=0, nperseg=128, detrend="linear"
    )
    step = frequencies[1] - frequencies[0]
    rows = []
    for low, high in BANDS_HZ:
        inside = (frequencies >= low) & (frequencies < high)
        rows.append(np.median(1000 * np.sqrt(power[inside].sum(axis=0) * step), axis=0))
    return np.array(rows)


def print_spectra() -> None:
    """Noise above what people move with."""
    head = "".join(f"{low:>9d}–{high} Hz" for low, high in BANDS_HZ)
    print(f"RMS per axis, x/y/z mm, median of the 20 keypoints\n{'':26s}{head}")
    rows = {
        name: read_trc(fetch_file(*file)).select(OPENCAP_20) for name, file in RECORDINGS.items()
    }
    person = Population().subject(1)
    laboratory: dict[str, MotionModel] = {"squats": Squat(), "sit-to-stand": SitToStand()}
    for name, motion in laboratory.items():
        film = record(person, motion, two_phones())
        rows[f"laboratory, {name}"] = film.keypoints
        rows[f"  without errors, {name}"] = film.true_keypoints
    for name, keypoints in rows.items():
        cells = "".join(f"{x:6.1f}{y:5.1f}{z:5.1f}" for x, y, z in band_rms(keypoints))
        print(f"{name:26s}{cells}")


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


def print_bias() -> None:
    """Mean and slow spread of keypoints about what they stand for, walking along x."""
    walk = read_trc(fetch_file(*WALK))
    film = record(walker(1), Gait(), two_phones(filter_hz=12.0))
    truth = dict(zip(film.true_keypoints.names, np.swapaxes(film.true_keypoints.positions, 0, 1),
                     strict=True))  # fmt: skip
    truth |= {f"{s}Heel": film.true_markers.position(f"{m}_calc_study") for s, m in ("Rr", "LL")}
    print(f"\n{'bias x/y/outwards mm':22s}{'subject 3: mean, spread':>42s}{'laboratory':>42s}")
    for name, centre in optical_centres(walk).items():
        cells = ""
        for seen, true in (
            (walk.position(name), centre),
            (film.keypoints.position(name), truth[name]),
        ):
            error = 1000 * (seen - true) * [1, 1, 1 if name[0] == "R" else -1]
            mean, spread = error.mean(axis=0), error.std(axis=0)
            cells += "   " + "".join(f"{value:7.0f}" for value in mean)
            cells += "  ±" + "".join(f"{value:5.0f}" for value in spread)
        print(f"{name:22s}{cells}")


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
    return np.array(
        [
            1000
            * np.linalg.norm(
                augmented.position(f"{name}_study") - true.position(f"{name}{ending}"), axis=1
            ).mean()
            for name in PAIRS
        ]
    )


def laboratory_distances(films: list[Recording], version: str) -> FloatArray:
    """Mean distance per pair, mm, over recordings."""
    augment = LSTMAugmenter(version, warm_up_s=1.0)
    return np.mean(
        [
            pair_distances(
                film.true_markers, augment(film.keypoints, film.subject.as_subject()), "_study"
            )
            for film in films
        ],
        axis=0,
    )


def print_augmented() -> None:
    """Augmented against true markers, walking."""
    walk = read_trc(fetch_file(*WALK))
    real = pair_distances(walk, walk, "")
    print(f"\n{'augmented to true, mm':34s}{'mean':>7s}" + "".join(f"{n:>9s}" for n in PAIRS[::2]))
    rows = {"subject 3, optical": real}
    bodies: dict[str, Body | None] = {"laboratory": None, "LaiUhlrich2022": opencap_body()}
    for where, generic in bodies.items():
        for what, errors in (("no error", None), ("two phones", two_phones(filter_hz=12.0))):
            films = [
                record(walker(n), Gait(), generic=generic)
                if errors is None
                else record(walker(n), Gait(), errors, generic=generic)
                for n in (1, 2, 3, 4)
            ]
            for version in ("v0.1", "v0.2", "v0.3"):
                rows[f"{where}, {what}, {version}"] = laboratory_distances(films, version)
    for name, distances in rows.items():
        sides = distances.reshape(-1, 2).mean(axis=1)
        print(f"{name:34s}{distances.mean():7.1f}" + "".join(f"{d:9.1f}" for d in sides))


def main() -> None:
    warnings.simplefilter("ignore", KinebenchWarning)
    print_spectra()
    print_bias()
    print_augmented()


if __name__ == "__main__":
    main()
