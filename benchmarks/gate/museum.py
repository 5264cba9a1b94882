"""Faults for a gate to catch: small changes of kinebench's own pipeline, or of what goes in or out.

Published ones are written anew from what the public commit says was wrong; no code was taken.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from scipy.signal import butter, lfilter

from kinebench.baselines.gate import OWN_SPEC
from kinebench.cleaning import Butterworth
from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Motion
from kinebench.core.stages import Augmenter, Cleaner
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, KinebenchWarning, UnderTestError
from kinebench.ik.fast import FastIK
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.under_test import OwnPipeline
from kinebench.scaling.given import GivenModel
from kinebench.scaling.window import GivenWindow

CUTOFF_HZ = 6.0
SPEC = replace(OWN_SPEC, clean=(Butterworth(CUTOFF_HZ),))
"""What is under test: kinebench's own pipeline with a filter, as most have one."""

OWN = "own"


@dataclass(frozen=True)
class Fault:
    """One thing wrong.

    Parameters
    ----------
    name : str
    source : str
        OWN, or repository and commit.
    symptom : str
        What was wrong, or is.
    hurt : str
        Whose numbers it spoils.
    before, change, after : callable
        What it does to the trial, to the pipeline, to the motion.
    """

    name: str
    source: str
    symptom: str
    hurt: str
    before: Callable[[Trial], Trial] = lambda trial: trial
    change: Callable[[Pipeline, Trial], Pipeline] = lambda pipeline, trial: pipeline
    after: Callable[[Motion, Trial], Motion] = lambda motion, trial: motion


@dataclass(frozen=True)
class Faulty:
    """The pipeline under test with a fault."""

    fault: Fault

    @cached_property
    def _pipeline(self) -> Pipeline:
        return SPEC.build()

    @property
    def parameters(self) -> Mapping[str, str]:
        # a fault does not announce itself
        return OwnPipeline(SPEC).parameters

    @property
    def sources(self) -> tuple[Path, ...]:
        """Those of the pipeline without the fault."""
        return OwnPipeline(SPEC).sources

    def __call__(self, trial: Trial) -> Motion:
        try:
            with warnings.catch_warnings():
                # that a person of 160 kg is unlikely is not the gate's finding
                warnings.simplefilter("ignore", KinebenchWarning)
                given = self.fault.before(trial)
                motion = self.fault.change(self._pipeline, trial)(given).motion
        except (KinebenchError, ValueError) as error:
            raise UnderTestError(f"{type(error).__name__}: {error}") from error
        return self.fault.after(motion, trial)


def _angles(motion: Motion) -> np.ndarray:
    return np.array([c.kind == "rotational" for c in motion.coordinates])


def _values(motion: Motion, values: np.ndarray) -> Motion:
    return replace(motion, values=values)


def _column(motion: Motion, name: str, make: Callable[[np.ndarray], np.ndarray]) -> Motion:
    values = motion.values.copy()
    values[:, motion.names.index(name)] = make(motion.value(name))
    return _values(motion, values)


def _exchanged(motion: Motion, one: str, other: str) -> Motion:
    values = motion.values.copy()
    columns = [motion.names.index(name) for name in (one, other)]
    values[:, columns] = values[:, columns[::-1]]
    return _values(motion, values)


def _recordings(make: Callable[[Markers], Markers]) -> Callable[[Trial], Trial]:
    """Done to movement and static trial alike."""

    def before(trial: Trial) -> Trial:
        static = None if trial.static is None else make(trial.static)
        return replace(trial, keypoints=make(trial.keypoints), static=static)

    return before


def _moved(make: Callable[[np.ndarray, Markers], np.ndarray]) -> Callable[[Trial], Trial]:
    return _recordings(lambda m: m.with_positions(make(m.positions.copy(), m)))


def _person(**changes: Callable[[float], float]) -> Callable[[Trial], Trial]:
    def before(trial: Trial) -> Trial:
        person = trial.subject
        values = {name: make(getattr(person, name)) for name, make in changes.items()}
        changed = replace(person, **values)  # type: ignore[arg-type]  # fields that are numbers
        return replace(trial, subject=changed)

    return before


def _zeroed(positions: np.ndarray, markers: Markers) -> np.ndarray:
    start = len(positions) // 2
    positions[start : start + 6, markers.names.index("RAnkle")] = 0.0
    return positions


def _names_exchanged(one: str, other: str) -> Callable[[Trial], Trial]:
    def make(positions: np.ndarray, markers: Markers) -> np.ndarray:
        columns = [markers.names.index(name) for name in (one, other)]
        positions[:, columns] = positions[:, columns[::-1]]
        return positions

    return _moved(make)


def _held(positions: np.ndarray, markers: Markers) -> np.ndarray:
    return positions[(np.arange(len(positions)) // 2) * 2]


@dataclass(frozen=True)
class OnePass:
    """A Butterworth filter of order 2, forwards alone."""

    cutoff_hz: float = CUTOFF_HZ

    def __call__(self, markers: Markers) -> Markers:
        b, a = butter(2, self.cutoff_hz, fs=markers.rate_hz)
        start = markers.positions[:1]
        return markers.with_positions(start + lfilter(b, a, markers.positions - start, axis=0))


@dataclass(frozen=True)
class WrongRate:
    """A filter that takes the recording's rate for another."""

    rate_hz: float

    def __call__(self, markers: Markers) -> Markers:
        return Butterworth(CUTOFF_HZ * markers.rate_hz / self.rate_hz)(markers)


@dataclass(frozen=True)
class NotDenormalised:
    """An augmenter that forgets to multiply by the height."""

    inner: Augmenter

    @property
    def needs(self) -> tuple[str, ...]:
        return self.inner.needs

    @property
    def gives(self) -> tuple[str, ...]:
        return self.inner.gives

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        given = self.inner(keypoints, subject)
        reference = keypoints.position("midHip")[:, None]
        return given.with_positions(reference + (given.positions - reference) / subject.height_m)


def _in_model(old: str, new: str) -> Callable[[Pipeline, Trial], Pipeline]:
    def change(pipeline: Pipeline, trial: Trial) -> Pipeline:
        generic = pipeline.generic
        return replace(pipeline, generic=Model(generic.name, _edited(generic, old, new)))

    return change


def _in_set_up(old: str, new: str) -> Callable[[Pipeline, Trial], Pipeline]:
    def change(pipeline: Pipeline, trial: Trial) -> Pipeline:
        scale = pipeline.scale
        setup: Document = scale.setup  # type: ignore[attr-defined]
        edited = Document(setup.name, _edited(setup, old, new))
        return replace(pipeline, scale=replace(scale, setup=edited))  # type: ignore[type-var]

    return change


def _edited(document: Document, old: str, new: str) -> bytes:
    text = document.xml.decode()
    if old not in text:
        raise AssertionError(f"{document.name} has no {old}")
    return text.replace(old, new).encode()


def _markers_moved(names: tuple[str, ...], by: Callable[[str], np.ndarray]):  # type: ignore[no-untyped-def]
    """Markers of the generic model elsewhere on their segment."""

    def change(pipeline: Pipeline, trial: Trial) -> Pipeline:
        text = pipeline.generic.xml.decode()
        for name in names:
            head, found, rest = text.partition(f'<Marker name="{name}">')
            assert found, name
            before, start, tail = rest.partition("<location>")
            numbers, end, last = tail.partition("</location>")
            place = np.array([float(number) for number in numbers.split()]) + by(name)
            text = head + found + before + start + " ".join(map(repr, place.tolist())) + end + last
        return replace(pipeline, generic=Model(pipeline.generic.name, text.encode()))

    return change


def _fixed_in_scaling(names: tuple[str, ...]) -> Callable[[Pipeline, Trial], Pipeline]:
    """Markers that stay at their generic places."""

    def change(pipeline: Pipeline, trial: Trial) -> Pipeline:
        root = ElementTree.fromstring(pipeline.generic.xml)
        for marker in root.iter("Marker"):
            if marker.get("name") in names:
                (fixed,) = marker.findall("fixed")
                fixed.text = "true"
        return replace(pipeline, generic=Model(pipeline.generic.name, ElementTree.tostring(root)))

    return change


def _failing(reason: str) -> Callable[[Trial], Trial]:
    def before(trial: Trial) -> Trial:
        raise ValueError(reason)

    return before


def _cut_without_times(markers: Markers, n: int) -> Markers:
    kept = markers.between(markers.times[n], markers.times[-1])
    return replace(kept, times=markers.times[: kept.n_frames])


def _frozen(positions: np.ndarray, markers: Markers) -> np.ndarray:
    start = len(positions) // 2
    column = markers.names.index("RAnkle")
    last = start + round(0.4 * markers.rate_hz)
    positions[start:last, column] = positions[start, column]
    return positions


def _late_right_leg(positions: np.ndarray, markers: Markers) -> np.ndarray:
    leg = ("RHip", "RKnee", "RAnkle", "RHeel", "RBigToe", "RSmallToe")
    columns = [i for i, name in enumerate(markers.names) if name in leg]
    positions[2:, columns] = positions[:-2, columns]
    return positions


def _coarser(positions: np.ndarray, markers: Markers) -> np.ndarray:
    return positions + np.random.default_rng(1).normal(0.0, 0.006, positions.shape)


def _cleaned(*cleaners: Cleaner) -> Callable[[Pipeline, Trial], Pipeline]:
    return lambda pipeline, trial: replace(pipeline, clean=cleaners)


def _even_weights(pipeline: Pipeline, trial: Trial) -> Pipeline:
    tasks = pipeline.solve.tasks  # type: ignore[attr-defined]
    even = replace(tasks, marker_weights=tuple((name, 1.0) for name, _ in tasks.marker_weights))
    return replace(pipeline, solve=FastIK(even))


def _gait_only_unfiltered(pipeline: Pipeline, trial: Trial) -> Pipeline:
    return replace(pipeline, clean=()) if trial.activity == "gait" else pipeline


_KNEES = ("r_knee_study", "L_knee_study", "r_mknee_study", "L_mknee_study")
_ANKLES = ("r_ankle_study", "L_ankle_study", "r_mankle_study", "L_mankle_study")
_SHOULDERS = ("r_shoulder_study", "L_shoulder_study")
_KNEES_RANGE = "0.0 2.443460952792061"

OWN_FAULTS = (
    Fault(
        "angles in degrees where radians are meant", OWN, "angles 57 times too large",
        "everybody",
        after=lambda m, t: _values(m, np.where(_angles(m), np.degrees(m.values), m.values)),
    ),
    Fault(
        "one frame late", OWN, "values belong to the frame before", "who looks at peaks and events",
        after=lambda m, t: _values(m, np.concatenate([m.values[:1], m.values[:-1]])),
    ),
    Fault(
        "left and right of the knee exchanged", OWN, "right knee under the name of the left",
        "whoever has an injured side",
        after=lambda m, t: _exchanged(m, "knee_angle_r", "knee_angle_l"),
    ),
    Fault(
        "sign of one hip's adduction", OWN, "left adduction reads as abduction",
        "studies of valgus",
        after=lambda m, t: _column(m, "hip_adduction_l", lambda v: -v),
    ),
    Fault(
        "pelvis in millimetres", OWN, "translations 1000 times too large", "everybody",
        after=lambda m, t: _values(m, np.where(_angles(m), m.values, 1000 * m.values)),
    ),
    Fault(
        "mass in pounds", OWN, "mass 2.2 times too large", "the augmenter takes mass as an input",
        before=_person(mass_kg=lambda kg: 2.2046 * kg),
    ),
    Fault(
        "everybody 1.70 m tall", OWN, "the height of a default", "short and tall people",
        before=_person(height_m=lambda m: 1.70),
    ),
    Fault(
        "denormalisation left out", OWN, "markers not multiplied by height",
        "short and tall people",
        change=lambda p, t: replace(p, augment=NotDenormalised(p.augment)),
    ),
    Fault(
        "filter run once", OWN, "not run backwards: late and less smooth", "who looks at events",
        change=_cleaned(OnePass()),
    ),
    Fault(
        "static window ignored", OWN, "scaled on the first 0.2 s of the static trial",
        "whoever moves at the start",
        change=lambda p, t: replace(p, scale=replace(p.scale, window=GivenWindow(0.0, 0.2))),  # type: ignore[type-var]
    ),
    Fault(
        "static trial ignored", OWN, "scaled on the movement itself", "everybody",
        before=lambda trial: replace(trial, static=None),
    ),
    Fault(
        "lateral axis turned round", OWN, "a mirrored person", "whoever has an injured side",
        before=_moved(lambda p, m: p * [1.0, 1.0, -1.0]),
    ),
    Fault(
        "zeros for missing", OWN, "six frames of the right ankle at the origin", "everybody",
        before=_moved(_zeroed),
    ),
    Fault(
        "heel and toe exchanged", OWN, "two keypoints under each other's name", "the ankle's angle",
        before=_names_exchanged("RHeel", "RBigToe"),
    ),
    Fault(
        "every second frame held", OWN, "frames repeated, as video converters do",
        "who looks at velocities", before=_moved(_held),
    ),
    Fault(
        "positions rounded to centimetres", OWN, "two decimals of a metre in the file", "everybody",
        before=_moved(lambda p, m: np.round(p, 2)),
    ),
    Fault(
        "weights ignored", OWN, "all markers count the same", "the feet, whose weights are largest",
        change=_even_weights,
    ),
    Fault(
        "floor left out", OWN, "no vertical offset", "jump heights, ground contact",
        change=lambda p, t: replace(p, floor=None),
    ),
    Fault(
        "warm-up left out", OWN, "the networks start from nothing", "the first second",
        change=lambda p, t: replace(p, augment=replace(p.augment, warm_up_s=0.0)),  # type: ignore[type-var]
    ),
    Fault(
        "knee stops at 60°", OWN, "a coordinate's range is too narrow", "squats and stairs",
        after=lambda m, t: _column(m, "knee_angle_r", lambda v: np.minimum(v, np.radians(60))),
    ),
)  # fmt: skip

PUBLISHED = (
    Fault(
        "filter of kinematics skipped", "Pose2Sim 5bce3d8",
        "joint angles were filtered only when markers were filtered too",
        "who filters angles alone",
        change=_cleaned(),
    ),
    Fault(
        "frame rate of the video, or 30 Hz", "Pose2Sim 05b3da2",
        "filters took the rate from the video file, and 30 Hz without one, not from the data",
        "recordings at other rates, and without video", change=_cleaned(WrongRate(30.0)),
    ),
    Fault(
        "ankle markers 31 mm too high", "Pose2Sim a9e1403",
        "ankle markers at 0.377 m of the shank, moved to 0.408 m", "who uses the marker sets named",
        change=_markers_moved(_ANKLES, lambda name: np.array([0.0, 0.0312, 0.0])),
    ),
    Fault(
        "one factor for all axes", "Pose2Sim 6f7e883",
        "the axes that a measurement scales were not told apart; here: each body along Y alone",
        "people of other proportions", change=_in_set_up("<axes> X Y Z</axes>", "<axes> Y</axes>"),
    ),
    Fault(
        "trunk not scaled", "Pose2Sim 25525f4",
        "lumbar bodies and head were missing in scaling set-ups; here: the torso's measurement",
        "short and tall people",
        change=_in_set_up(
            '<Measurement name="torso"><apply>true</apply>',
            '<Measurement name="torso"><apply>false</apply>',
        ),
    ),
    Fault(
        "range of a coordinate too narrow", "Pose2Sim 28228ba",
        "wrist flexion ended at 70°, released to 110°; here: the knees end at 70°",
        "large movements",
        change=_in_model(_KNEES_RANGE, "0.0 1.2217"),
    ),
    Fault(
        "markers added for automatic heights alone", "Pose2Sim 6aac0c0",
        "neck and hip were derived only when height was to be estimated",
        "who states a height", before=_recordings(
            lambda m: m.select([n for n in m.names if n not in ("Neck", "midHip")])
        ),
    ),
    Fault(
        "height of a lower body", "Pose2Sim eb052dc",
        "height was leg length / 0.53, and is leg length / 0.485", "lower-body recordings",
        before=_person(height_m=lambda m: m * 0.485 / 0.53),
    ),
    Fault(
        "vertical offset dropped on export", "Pose2Sim 3ccc8f7",
        "heights of the root lost their offset, lengths their unit; here: the offset",
        "who animates or measures heights",
        after=lambda m, t: _column(m, "pelvis_ty", lambda v: v - v[0]),
    ),
    Fault(
        "lengths in centimetres on export", "Pose2Sim 3ccc8f7",
        "the other half: metres were not kept", "who animates or measures heights",
        after=lambda m, t: _values(m, np.where(_angles(m), m.values, 100 * m.values)),
    ),
    Fault(
        "left forearm turned by 180°", "Pose2Sim d897ff3",
        "the left ulna was turned half round on export", "who looks at arms",
        after=lambda m, t: _column(m, "pro_sup_l", lambda v: v + np.pi),
    ),
    Fault(
        "last column of the file dropped", "Pose2Sim 8d53668",
        "a column was cut off tables without a closing tab; here: the last keypoint",
        "files of other programs", before=_recordings(lambda m: m.select(m.names[:-1])),
    ),
    Fault(
        "shoulder markers 11 mm off", "opencap-core 1a8bf28",
        "shoulder markers of the shoulder model were moved by 4, 6 and 8 mm", "arms and trunk",
        change=_markers_moved(
            _SHOULDERS,
            lambda name: np.array([0.00435, -0.00552, 0.00802 if name[0] == "r" else -0.00802]),
        ),
    ),
    Fault(
        "gait filtered as another activity", "opencap-core 76c4889",
        "with a hand's punch for synchronisation gait had the filter of other activities",
        "gait", change=_gait_only_unfiltered,
    ),
    Fault(
        "a marker in another body's frame", "Pose2Sim 577ce86",
        "nose and eyes had the torso's coordinates on the head, 0.53 m too high; here: C7",
        "who uses that marker set",
        change=_markers_moved(("C7_study",), lambda name: np.array([-0.0168, 0.5303, 0.0])),
    ),
    Fault(
        "knee markers 12 mm too high", "Pose2Sim 6773d6c",
        "knees at 0.386 m of the thigh, moved to 0.398 m, and by 4.5 mm sideways",
        "who uses the marker sets named",
        change=_markers_moved(
            _KNEES,
            lambda name: np.array([0.0, 0.01175, -0.0045 if name[0] == "r" else 0.0045]),
        ),
    ),
    Fault(
        "markers free or fixed while scaling", "Pose2Sim f3d3093",
        "four markers could move with the recording, unlike all others; here: the markers of the"
        " right knee cannot, unlike all others", "the segment that they lead",
        change=_fixed_in_scaling(("r_knee_study", "r_mknee_study")),
    ),
    Fault(
        "a stated height ends in an error", "Pose2Sim 283f83b",
        "a height given as a number was asked for its lower-case letters", "who states a height",
        before=_failing("a number has no lower-case letters"),
    ),
    Fault(
        "no model for the neutral trial", "opencap-core fb43d60",
        "with a new step before inverse kinematics the neutral trial had no model to be drawn with",
        "everybody, at the first trial", before=_failing("pathModelIK is not defined"),
    ),
    Fault(
        "a failed step is logged and passed over", "Pose2Sim 3e31eaf",
        "errors of scaling and kinematics were logged, and what came next went on with what was"
        " there; here: with the generic model", "who does not read logs",
        change=lambda p, t: replace(p, scale=GivenModel(p.generic)),
    ),
    Fault(
        "a range that does not begin at 0", "Pose2Sim c2a9670",
        "frames of a range were numbered from its start in one place and from 0 in another; here:"
        " ten frames are left out, times begin where they did", "who analyses a part of a trial",
        before=lambda t: replace(t, keypoints=_cut_without_times(t.keypoints, 10)),
    ),
    Fault(
        "height and mass of nobody", "Pose2Sim 263f9cb",
        "with more files in the folder than people in the settings, the others had 1.70 m and"
        " 70 kg",
        "who leaves an old file there",
        before=_person(height_m=lambda m: 1.70, mass_kg=lambda kg: 70.0),
    ),
    Fault(
        "long gaps hold the last value", "Pose2Sim de14598",
        "what was too long to be interpolated was filled with the last valid position; here: the"
        " right ankle for 0.4 s", "who loses sight of a limb", before=_moved(_frozen),
    ),
    Fault(
        "cameras synchronised at 60 Hz alone", "opencap-core aa0d1c3",
        "the width of the search for the lag was a number of frames, whatever their rate; here: the"
        " right leg two frames late", "recordings at 120 and 240 Hz",
        before=_moved(_late_right_leg),
    ),
    Fault(
        "resolution of the detector", "opencap-core cc583dd",
        "the resolution asked for did not reach the detector; here: 6 mm of white noise more",
        "who asked for the finer one", before=_moved(_coarser),
    ),
)  # fmt: skip

SIZES_DEG = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Of offsets, to find the smallest change that is caught."""


def offset(size_deg: float, short: bool) -> Fault:
    """One knee off in the walking trial: all the time, or for 0.2 s."""

    def after(motion: Motion, trial: Trial) -> Motion:
        if trial.activity != "gait":
            return motion
        where = (motion.times >= 1.0) & ((motion.times < 1.2) | (not short))
        added = np.where(where, np.radians(size_deg), 0.0)
        return _column(motion, "knee_angle_r", lambda values: values + added)

    how = "for 0.2 s" if short else "from 1 s on"
    return Fault(f"{size_deg:g}° {how}", OWN, "one knee, one trial", "", after=after)


NOT_PLANTED = (
    ("Pose2Sim 8986685", "RMS of the extrinsic calibration: no step of this pipeline"),
    ("Pose2Sim 71ffc78", "mass of the patella: kinematics do not depend on it"),
    ("Pose2Sim b793ad1", "ended in an error like 283f83b, for markers that the model lacks"),
    ("Pose2Sim b1071b4", "spline with a generalised cross-validation: not the filter under test"),
    ("Pose2Sim 767294c, ea4ace6", "577ce86 in other marker sets"),
    ("opencap-core beb0c44", "removal of the patella: the body has none"),
)
"""Published faults of the list that have no place here, and why."""
