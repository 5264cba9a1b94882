"""Subjects 4 and 5: inverse kinematics of the optical markers, repeated with OpenSim 4.6."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from benchmarks.known_answers.pairs import pair_of
from kinebench.comparison import Procedure, compare_recordings
from kinebench.comparison.scoring import errors_of
from kinebench.core.arrays import FloatArray
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.datasets import fetch_file
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning
from kinebench.ik.opensim_engine import OpenSimIK
from kinebench.io.setups import read_ik_tasks
from kinebench.kinematics.forward import marker_positions
from kinebench.kinematics.osim_tree import read_tree
from kinebench.reports.blocks import Block, FigureBlock, Section, TableBlock, Text
from kinebench.reports.figures import as_svg, waveform_figure
from kinebench.reports.tables import Table
from kinebench.reports.units import label_of

__all__ = ["TRIALS", "Repeated", "measure", "section"]

TRIALS = (
    *(
        ("labvalidation-subject4-mocap", name)
        for name in ("squats1", "squatsAsym1", "STS1", "DJ2", "walking1")
    ),
    ("labvalidation-subject5-dj1", "DJ1"),
)
_SCORED = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip", "knee", "ankle", "subtalar",
           "lumbar")  # fmt: skip
_ELSEWHERE_DEG = 30.0  # a shoulder that far off is in another local minimum


class Repeated(NamedTuple):
    """One trial, repeated.

    Parameters
    ----------
    subject, trial : str
    angles : tuple of str
        The 18 angles of pelvis, legs and lumbar joint.
    errors : (n_frames, 18) deg
    elsewhere : (n_frames,) bool
        Frames in which a shoulder angle is more than 30° off.
    marker_rms_mm, published_marker_rms_mm : (n_frames,)
        Distance of the model's markers from the recorded ones, repeated and published motion.
    drawing : str
        Waveforms of the sagittal right leg, as SVG.
    """

    subject: str
    trial: str
    angles: tuple[str, ...]
    errors: FloatArray
    elsewhere: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    marker_rms_mm: FloatArray
    published_marker_rms_mm: FloatArray
    drawing: str

    @property
    def pooled_rms_deg(self) -> float:
        """RMS over all frames and the 18 angles."""
        return float(np.sqrt((self.errors**2).mean()))

    @property
    def pooled_rms_where_alike_deg(self) -> float:
        """The same, without the frames of another local minimum."""
        return float(np.sqrt((self.errors[~self.elsewhere] ** 2).mean()))

    @property
    def worst(self) -> tuple[str, float]:
        """The angle with the largest RMSE, deg."""
        rmse = np.sqrt((self.errors**2).mean(axis=0))
        return self.angles[int(rmse.argmax())], float(rmse.max())


def measure(trials: Iterable[tuple[str, str]] = TRIALS, every: int = 1) -> list[Repeated]:
    """Solve each trial on its published model, with the weights of opencap-core's mocap set-up.

    Parameters
    ----------
    trials : iterable of (str, str)
        Dataset and sample.
    every : int
        Solve every so manieth frame only.
    """
    setup = fetch_file("opencap-core", "opensimPipeline/IK/Setup_IK_Mocap.xml")
    solve = OpenSimIK(read_ik_tasks(setup))
    found = []
    for dataset, name in trials:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KinebenchWarning)
            sample = load(dataset, name)
            markers = sample.markers["mocap"]
            markers = markers.at_frames(np.arange(0, markers.n_frames, every))
            solution = solve(sample.models["scaled"], markers)
        subject = dataset.removeprefix("labvalidation-").partition("-")[0]
        # the repetition is the reference here: it has the frames that were solved
        published, repeated = sample.motions["reference"], solution.motion
        result = compare_recordings(
            repeated, published, Procedure(), subject, name, other_policies=False
        )
        angles = tuple(i for i in result.evaluation.items if i.startswith(_SCORED))
        shoulders = [i for i in result.evaluation.items if i.startswith(("arm_flex", "arm_add"))]
        other, one = pair_of(result, Motion)
        errors = np.degrees(errors_of(one, other, angles))
        far = np.abs(np.degrees(errors_of(one, other, shoulders))) > _ELSEWHERE_DEG
        elsewhere = np.asarray(far.any(axis=1))
        rms, published_rms = (
            _marker_rms_mm(sample.models["scaled"], markers, motion, solve.tasks)
            for motion in (other, one)
        )
        worst = angles[int((errors**2).mean(axis=0).argmax())]
        shown = list(dict.fromkeys(["pelvis_tilt", "hip_flexion_r", worst, "knee_angle_r"]))[:3]
        drawing = as_svg(
            waveform_figure(one, other, shown, 3, ("published", "repeated")), page=True
        )
        found.append(
            Repeated(subject, name, angles, errors, elsewhere, rms, published_rms, drawing)
        )
    return found


def _marker_rms_mm(model: Model, markers: Markers, motion: Motion, tasks: IKTasks) -> FloatArray:
    """RMS distance (n_frames,) mm of the tracked markers, by forward kinematics."""
    tree = read_tree(model)
    absent = np.zeros(motion.n_frames)
    q = np.stack(
        [motion.value(c.name) if c.name in motion.names else absent for c in tree.coordinates],
        axis=1,
    )
    own = {marker.name for marker in tree.markers}
    names = tuple(name for name in tasks.weights if name in own and name in markers.names)
    at = np.searchsorted(markers.times, motion.times - 1e-6)
    recorded = markers.select(names).positions[at]
    distances = np.linalg.norm(marker_positions(tree, q, names) - recorded, axis=2)
    return np.asarray(1e3 * np.sqrt(np.nanmean(distances**2, axis=1)))


def section(found: list[Repeated]) -> Section:
    """The answers in words, a table and a figure."""
    alike = [row for row in found if not row.elsewhere.any()]
    odd = [row for row in found if row.elsewhere.any()]
    listed = ", ".join(f"{row.trial} {row.pooled_rms_deg:.2f}°" for row in alike)
    blocks: list[Block] = [
        Text(
            "The published motions come back: RMS difference over all frames and 18 angles"
            f" (pelvis, legs, lumbar) {listed}.",
            lead=True,
        ),
        Text(
            "Model, markers and weights are the published ones, so what differs is the solver: its"
            " version, its stopping rule, and settings that were not published. A smaller error"
            " than this cannot be told from a change of solver. Arms are left out of the mean:"
            " few markers hold the rotation of the forearm."
        ),
    ]
    for row in odd:
        blocks += [
            Text(_elsewhere_text(row)),
            FigureBlock(
                row.drawing,
                f"{row.subject}, {row.trial}: published and repeated motion.",
                "Waveforms of both; they part in the frames that the text speaks of.",
            ),
        ]
    header = (
        "trial", "subject", "frames", "RMS of 18 angles (°)", "worst angle", "its RMSE (°)",
        "frames elsewhere", "RMS without them (°)", "marker RMS (mm)", "published",
    )  # fmt: skip
    rows = tuple(
        (
            row.trial,
            row.subject,
            str(len(row.errors)),
            f"{row.pooled_rms_deg:.2f}",
            row.worst[0],
            f"{row.worst[1]:.2f}",
            str(int(row.elsewhere.sum())),
            f"{row.pooled_rms_where_alike_deg:.2f}",
            f"{row.marker_rms_mm.mean():.1f}",
            f"{row.published_marker_rms_mm.mean():.1f}",
        )
        for row in found
    )
    blocks.append(TableBlock(Table(header, rows), "Repeated against published motion."))
    return Section("Inverse kinematics repeated (subjects 4 and 5)", tuple(blocks))


def _elsewhere_text(row: Repeated) -> str:
    repeated, published = row.marker_rms_mm, row.published_marker_rms_mm
    there, here = repeated[row.elsewhere].mean(), published[row.elsewhere].mean()
    nearer = "published" if here < there else "repeated"
    stuck = (np.minimum(repeated, published) > 40) & ~row.elsewhere
    both = (
        f" In {int(stuck.sum())} more frames both lie more than 40 mm from the markers: there the"
        " two are alike, and probably both wrong."
        if stuck.any()
        else ""
    )
    return (
        f"{row.subject}, {row.trial} is another case: over all {len(row.errors)} frames the"
        f" difference is {row.pooled_rms_deg:.2f}°, most in {label_of(row.worst[0])}"
        f" ({row.worst[1]:.1f}°). In {int(row.elsewhere.sum())} frames the two solutions hold a"
        " shoulder in different local minima, and pelvis and trunk pay for it: the markers are"
        f" {there:.0f} mm RMS away in the repeated and {here:.0f} mm in the published motion, so"
        f" the {nearer} one is nearer. Without these frames"
        f" {row.pooled_rms_where_alike_deg:.2f}° remain.{both} A marker error that jumps is the"
        " sign to look for, in a reference as in an estimate."
    )
