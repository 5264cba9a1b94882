"""Faults that are planted into clean sessions, each with the check that must find it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.audit.sessions import movement_of
from kinebench.cleaning import Butterworth
from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import KinebenchWarning
from kinebench.geometry.rotations import rotation_from_axis_angles
from kinebench.lab import StaticPose, VirtualSubject, generic_body
from kinebench.lab.camera import (
    FrameRateChange,
    SideSwaps,
)
from kinebench.lab.motions.gait import Gait
from kinebench.lab.sessions import SessionContent
from kinebench.lab.setups import scaling_setup
from kinebench.pipeline.spec import PipelineSpec
from kinebench.signals.butterworth import butterworth
from kinebench.studies.sources.lab_session import LabSession

__all__ = [
    "FAULTS",
    "Base",
    "Fault",
    "Plant",
    "Planted",
    "changed_movement",
    "on_both",
    "on_movement",
    "turned",
]

Plant = Callable[["Base", np.random.Generator], "Planted"]


@dataclass(frozen=True, slots=True)
class Base:
    """A clean session, filmed once, and what it was filmed from."""

    session: LabSession
    filmed: SessionContent

    def content(self) -> SessionContent:
        """What was filmed."""
        return self.filmed

    @property
    def person(self) -> VirtualSubject:
        """Who moved."""
        return self.session.person


@dataclass(frozen=True, slots=True)
class Planted:
    """A session with a fault, and the options it is run with."""

    content: SessionContent
    options: PipelineSpec | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with sessions.

    Parameters
    ----------
    name : str
    expected : tuple of str
        Checks of which one must find it.
    plant : callable
    red : bool
        Whether the light must be red, not amber.
    """

    name: str
    expected: tuple[str, ...]
    plant: Plant
    red: bool = False

    @property
    def in_result(self) -> bool:
        """Whether a result of the pipeline is needed to find it."""
        return bool(set(self.expected) & _IN_RESULT)


_IN_RESULT = {
    "static pose", "static trial", "model mass", "model sides", "model size", "set-up slips",
    "augmenter version", "cut-off", "filters in series", "marker error", "floor", "wraps",
    "unscaled model", "joint limits", "joint jumps", "largest marker error",
}  # fmt: skip


def changed_movement(
    content: SessionContent, change: Callable[[Markers], Markers], static: bool = False
) -> SessionContent:
    """Change the keypoints of the movement, and perhaps of the static trial."""
    name = movement_of(content)
    trials = {
        key: replace(trial, keypoints=change(trial.keypoints)) if static or key == name else trial
        for key, trial in content.trials.items()
    }
    return replace(content, trials=trials)


def on_movement(change: Callable[[Markers, np.random.Generator], Markers]) -> Plant:
    """A fault of the movement's keypoints alone."""
    return lambda session, rng: Planted(
        changed_movement(session.content(), lambda m: change(m, rng))
    )


def on_both(change: Callable[[Markers, np.random.Generator], Markers]) -> Plant:
    """A fault of the keypoints of movement and static trial."""
    return lambda session, rng: Planted(
        changed_movement(session.content(), lambda m: change(m, rng), True)
    )


def _scaled(factor: float) -> Plant:
    return on_both(lambda markers, _: markers.with_positions(markers.positions * factor))


def turned(axes: dict[str, float]) -> Plant:
    """Everything turned about axes, degrees."""
    R = rotation_from_axis_angles(axes)
    return on_both(lambda markers, _: markers.with_positions(markers.positions @ R.T))


def _edited(markers: Markers, edit: Callable[[FloatArray], None]) -> Markers:
    positions = np.array(markers.positions)
    edit(positions)
    return markers.with_positions(positions)


def _stretch(markers: Markers, rng: np.random.Generator, seconds: float) -> slice:
    """A random stretch of the recording."""
    length = max(3, round(seconds * markers.rate_hz))
    start = int(rng.integers(1, max(2, markers.n_frames - length - 1)))
    return slice(start, start + length)


def _zeros(markers: Markers, rng: np.random.Generator) -> Markers:
    column, where = int(rng.integers(len(markers.names))), _stretch(markers, rng, 0.3)

    def edit(positions: FloatArray) -> None:
        positions[where, column] = 0.0

    return _edited(markers, edit)


def _all_zero(markers: Markers, rng: np.random.Generator) -> Markers:
    where = _stretch(markers, rng, 0.3)

    def edit(positions: FloatArray) -> None:
        positions[where] = 0.0

    return _edited(markers, edit)


def _far(metres: float) -> Plant:
    def change(markers: Markers, rng: np.random.Generator) -> Markers:
        column, where = int(rng.integers(len(markers.names))), _stretch(markers, rng, 0.1)

        def edit(positions: FloatArray) -> None:
            positions[where, column, int(rng.integers(3))] += metres

        return _edited(markers, edit)

    return on_movement(change)


def _freeze(keypoints: int | None) -> Plant:
    def change(markers: Markers, rng: np.random.Generator) -> Markers:
        where = _stretch(markers, rng, 0.5)
        columns = rng.permutation(len(markers.names))[:keypoints]

        def edit(positions: FloatArray) -> None:
            positions[where, columns] = positions[where.start, columns]

        return _edited(markers, edit)

    return on_movement(change)


def _gap(seconds: float) -> Plant:
    def change(markers: Markers, rng: np.random.Generator) -> Markers:
        names = [name for name in markers.names if name[1:] in ("Knee", "Ankle", "Wrist", "Heel")]
        column, where = markers.names.index(str(rng.choice(names))), _stretch(markers, rng, seconds)

        def edit(positions: FloatArray) -> None:
            positions[where, column] = np.nan

        return _edited(markers, edit)

    def plant(session: Base, rng: np.random.Generator) -> Planted:
        from kinebench.cleaning.catalogue import parse_cleaners

        content = changed_movement(session.content(), lambda markers: change(markers, rng))
        clean = parse_cleaners("fill-linear+fill-ends")
        return Planted(content, PipelineSpec(augmenter="lab-1", engine="fast", clean=clean))

    return plant


def _filled(markers: Markers, rng: np.random.Generator) -> Markers:
    """A keypoint that moves follows a straight line for 0.6 s."""
    where = _stretch(markers, rng, 0.6)
    moving = np.linalg.norm(markers.positions[where][-1] - markers.positions[where][0], axis=1)
    column = int(moving.argmax())

    def edit(positions: FloatArray) -> None:
        part = positions[where, column]
        positions[where, column] = np.linspace(part[0], part[-1], len(part))

    return _edited(markers, edit)


def _swap(markers: Markers, rng: np.random.Generator) -> Markers:
    swapped = markers
    number = 0
    while np.array_equal(swapped.positions, markers.positions):
        number += 1
        swapped = SideSwaps(20.0, 0.2)(markers, str(rng.integers(1 << 30)), str(number))
    return swapped


def _exchanged(markers: Markers, parts: tuple[str, ...]) -> Markers:
    names = {f"{a}{part}": f"{b}{part}" for part in parts for a, b in ("RL", "LR")}
    return markers.rename(names).select(markers.names)


_ALL = ("Hip", "Knee", "Ankle", "Heel", "BigToe", "SmallToe", "Shoulder", "Elbow", "Wrist")


def _mirrored(markers: Markers, rng: np.random.Generator) -> Markers:
    return markers.with_positions(markers.positions * np.array([1.0, 1.0, -1.0]))


def _short_shank(markers: Markers, rng: np.random.Generator) -> Markers:
    """The ankle is guessed half-way up the shank on one side, all the time."""
    side = str(rng.choice(["R", "L"]))
    knee, ankle = markers.names.index(f"{side}Knee"), markers.names.index(f"{side}Ankle")

    def edit(positions: FloatArray) -> None:
        positions[:, ankle] += 0.35 * (positions[:, knee] - positions[:, ankle])

    return _edited(markers, edit)


def _stretching(markers: Markers, rng: np.random.Generator) -> Markers:
    """The knee slides along the leg by 60 % of the shank and back."""
    side = str(rng.choice(["R", "L"]))
    knee, ankle = markers.names.index(f"{side}Knee"), markers.names.index(f"{side}Ankle")
    where = _stretch(markers, rng, 0.8)
    bell = np.sin(np.linspace(0, np.pi, where.stop - where.start))

    def edit(positions: FloatArray) -> None:
        part = positions[where]
        share = 0.6 * bell[: len(part), None]
        part[:, knee] += share * (part[:, ankle] - part[:, knee])

    return _edited(markers, edit)


def _teleport(markers: Markers, rng: np.random.Generator) -> Markers:
    """Another person is tracked from some frame on."""
    start = int(rng.integers(markers.n_frames // 4, 3 * markers.n_frames // 4))

    def edit(positions: FloatArray) -> None:
        positions[start:, :, 2] += 1.5

    return _edited(markers, edit)


def _jolt(markers: Markers, rng: np.random.Generator) -> Markers:
    """Spikes of 0.25 to 0.6 m in twelve frames of random keypoints."""

    def edit(positions: FloatArray) -> None:
        for frame in rng.choice(np.arange(3, markers.n_frames - 3), 12, replace=False):
            direction = rng.standard_normal(3)
            step = rng.uniform(0.25, 0.6) * direction / np.linalg.norm(direction)
            positions[frame, int(rng.integers(len(markers.names)))] += step

    return _edited(markers, edit)


def _noise(mm: float) -> Plant:
    return on_movement(
        lambda markers, rng: markers.with_positions(
            markers.positions + mm / 1e3 * rng.standard_normal(markers.positions.shape)
        )
    )


def _timed(markers: Markers, times: FloatArray) -> Markers:
    return Markers(markers.names, times, markers.positions, frame=markers.frame)


def _lost_frames(markers: Markers, rng: np.random.Generator) -> Markers:
    kept = np.delete(np.arange(markers.n_frames), _stretch(markers, rng, 0.2))
    return markers.at_frames(kept)


def _shifted_stamps(markers: Markers, rng: np.random.Generator) -> Markers:
    times = np.array(markers.times)
    times[int(rng.integers(5, len(times) - 5)) :] += 0.5
    return _timed(markers, times)


def _repeated(markers: Markers, rng: np.random.Generator) -> Markers:
    """Every second frame is the one before: a slower video."""
    frames = np.arange(markers.n_frames) // 2 * 2
    return markers.with_positions(markers.positions[frames])


def _slow(rate_hz: float) -> Plant:
    def plant(session: Base, rng: np.random.Generator) -> Planted:
        content = replace(session.session, rate_hz=60.0).content()
        return Planted(changed_movement(content, FrameRateChange(rate_hz), True))

    return plant


def _milliseconds(markers: Markers, rng: np.random.Generator) -> Markers:
    return _timed(markers, markers.times * 1e3)


def _floor_outlier(markers: Markers, rng: np.random.Generator) -> Markers:
    """A foot below the ground for a tenth of a second: it sets the height of the trial."""
    where = _stretch(markers, rng, 0.15)
    side = str(rng.choice(["R", "L"]))
    columns = [markers.names.index(side + part) for part in ("Heel", "BigToe", "SmallToe", "Ankle")]

    def edit(positions: FloatArray) -> None:
        positions[where, columns, 1] -= 0.3

    return _edited(markers, edit)


def _another_person(session: Base, rng: np.random.Generator) -> Planted:
    """Somebody of another size stands in the static trial."""
    person = session.person
    tall = person.height_m > 1.69
    other = replace(
        person, identifier="other", height_m=1.50 if tall else 1.88, mass_kg=60.0 if tall else 85.0
    )
    return Planted(replace(session.session, static_person=other).content())


def _other_calibration(factor: float) -> Plant:
    return on_movement(lambda markers, _: markers.with_positions(markers.positions * factor))


def _subject(**change: float) -> Plant:
    def plant(session: Base, rng: np.random.Generator) -> Planted:
        content = session.content()
        subject = content.subject
        assert subject is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KinebenchWarning)
            changed = {name: getattr(subject, name) * factor for name, factor in change.items()}
            return Planted(replace(content, subject=replace(subject, **changed)))

    return plant


def _bent_static(session: Base, rng: np.random.Generator) -> Planted:
    knee = float(rng.uniform(28, 45))
    return Planted(replace(session.session, static=StaticPose(3.0, right_knee_deg=knee)).content())


def _no_static(session: Base, rng: np.random.Generator) -> Planted:
    return Planted(replace(session.session, static=None).content())


def _half_static(session: Base, rng: np.random.Generator) -> Planted:
    """One shank of the static trial is guessed too short."""
    content = session.content()
    standing = content.trials["neutral"]
    changed = replace(standing, keypoints=_short_shank(standing.keypoints, rng))
    return Planted(replace(content, trials={**content.trials, "neutral": changed}))


def _foreign_model(session: Base, rng: np.random.Generator) -> Planted:
    """The session's only model is that of a person of another size."""
    other = replace(session.person, identifier="other", mass_kg=session.person.mass_kg * 1.4)
    tall = session.person.height_m > 1.69
    other = replace(other, height_m=1.38 if tall else 2.08)
    model = other.body().model
    content = session.content()
    name = movement_of(content)
    return Planted(
        replace(content, scaled_model=model, trials={name: content.trials[name]}),
        PipelineSpec(augmenter="lab-1", engine="fast"),
    )


def _other_mass(session: Base, rng: np.random.Generator) -> Planted:
    model = replace(session.person, mass_kg=session.person.mass_kg * 1.2).body().model
    content = session.content()
    name = movement_of(content)
    return Planted(replace(content, scaled_model=model, trials={name: content.trials[name]}))


def _lopsided_model(session: Base, rng: np.random.Generator) -> Planted:
    person = replace(session.person, shank_r=1.12 * session.person.shank_l)
    content = session.content()
    name = movement_of(content)
    return Planted(
        replace(content, scaled_model=person.body().model, trials={name: content.trials[name]})
    )


def _generic_model(session: Base, rng: np.random.Generator) -> Planted:
    content = session.content()
    name = movement_of(content)
    model = replace(generic_body().model, name="kinebench_body")
    return Planted(replace(content, scaled_model=model, trials={name: content.trials[name]}))


def _turned_toes(markers: Markers, rng: np.random.Generator) -> Markers:
    """The toes of one foot point inwards: turned about the vertical through the heel."""
    side, angle = ("R", 110.0) if rng.random() < 0.5 else ("L", -110.0)
    R = rotation_from_axis_angles({"y": angle})
    heel = markers.position(f"{side}Heel")

    def edit(positions: FloatArray) -> None:
        for toe in ("BigToe", "SmallToe"):
            column = markers.names.index(side + toe)
            positions[:, column] = heel + (positions[:, column] - heel) @ R.T

    return _edited(markers, edit)


def _turned_round(markers: Markers, rng: np.random.Generator) -> Markers:
    """Seen from behind: for five frames the person faces the other way."""
    start = int(rng.integers(10, markers.n_frames - 15))
    frames = slice(start, start + 5)

    def edit(positions: FloatArray) -> None:
        middle = positions[frames].mean(axis=1, keepdims=True)
        positions[frames] = middle + (positions[frames] - middle) * np.array([-1.0, 1.0, -1.0])

    return _edited(markers, edit)


def _knee_out(markers: Markers, rng: np.random.Generator) -> Markers:
    side, sign = ("R", 1.0) if rng.random() < 0.5 else ("L", -1.0)
    across = markers.position("RHip") - markers.position("LHip")
    across = across / np.linalg.norm(across, axis=1, keepdims=True)

    def edit(positions: FloatArray) -> None:
        positions[:, markers.names.index(f"{side}Knee")] += 0.2 * sign * across

    return _edited(markers, edit)


def _slip(session: Base, rng: np.random.Generator) -> Planted:
    content = session.content()
    setup = scaling_setup()
    # every hip to the knee of the other side
    xml = setup.xml.replace(b" r_lelbow_study r_lwrist_study", b" L_lelbow_study r_lwrist_study")
    assert xml != setup.xml
    return Planted(replace(content, scaling_setup=replace(setup, xml=xml)))


def _cleaned(*cutoffs: float) -> Plant:
    def plant(session: Base, rng: np.random.Generator) -> Planted:
        clean = tuple(Butterworth(cut) for cut in cutoffs)
        return Planted(
            session.content(), PipelineSpec(augmenter="lab-1", engine="fast", clean=clean)
        )

    return plant


def _walking_at_2_hz(session: Base, rng: np.random.Generator) -> Planted:
    content = replace(session.session, motions=(("walking", Gait()),)).content()
    clean = (Butterworth(2.0),)
    return Planted(content, PipelineSpec(augmenter="lab-1", engine="fast", clean=clean))


def _stated_version(session: Base, rng: np.random.Generator) -> Planted:
    content = replace(session.session, results=True).content()
    subject = content.subject
    assert subject is not None
    # made for another height than the metadata state
    changed = replace(subject, height_m=subject.height_m * 1.06)
    return Planted(replace(content, subject=changed), PipelineSpec(engine="fast"))


def _with_motion(spoil: Callable[[Motion, np.random.Generator], Motion]) -> Plant:
    """The session's own motion, spoilt: the true one but for that."""

    def plant(session: Base, rng: np.random.Generator) -> Planted:
        content = session.content()
        name = movement_of(content)
        trial = content.trials[name]
        assert trial.optical_motion is not None
        spoilt = replace(trial, motion=spoil(trial.optical_motion, rng))
        return Planted(replace(content, trials={**content.trials, name: spoilt}))

    return plant


def _smeared(motion: Motion, rng: np.random.Generator) -> Motion:
    """Somebody who turns past 180°, low-pass filtered at 6 Hz without unwrapping."""
    column = motion.names.index("pelvis_rotation")
    values = np.array(motion.values)
    course = np.radians(150.0) + np.radians(60.0) * np.linspace(0, 1, motion.n_frames)
    values[:, column] += course
    values[:, column] = (values[:, column] + np.pi) % (2 * np.pi) - np.pi
    values[:, column] = butterworth(values[:, [column]], motion.rate_hz, 6.0)[:, 0]
    return Motion(motion.coordinates, motion.times, values)


_SIZE, _SPEED = ("size",), ("speed",)

FAULTS: tuple[Fault, ...] = (
    Fault("mm read as m", _SIZE, _scaled(1000.0), red=True),
    Fault("cm read as m", _SIZE, _scaled(100.0), red=True),
    Fault("m read as mm", _SIZE, _scaled(0.001), red=True),
    Fault("calibration 30 % too large", _SIZE, _scaled(1.30)),
    Fault("height in cm", _SIZE, _subject(height_m=100.0), red=True),
    Fault("height in inches", _SIZE, _subject(height_m=39.37), red=True),
    Fault("mass in lb", ("mass",), _subject(mass_kg=2.2046)),
    Fault("mass in g", ("mass",), _subject(mass_kg=1000.0), red=True),
    Fault("Z up", ("axes",), turned({"x": 90.0}), red=True),
    Fault("X up", ("axes",), turned({"z": 90.0}), red=True),
    Fault("upside down", ("axes",), turned({"x": 180.0}), red=True),
    Fault("left-handed axes", ("left and right",), on_both(_mirrored), red=True),
    Fault("left and right exchanged throughout", ("left and right",),
          on_both(lambda m, _: _exchanged(m, _ALL)), red=True),
    Fault("legs exchanged throughout", ("left and right",),
          on_both(lambda m, _: _exchanged(m, _ALL[1:6])), red=True),
    Fault("zeros for missing", ("zeros", "gaps"), on_movement(_zeros), red=True),
    Fault("frames of zeros", ("zeros", "gaps"), on_movement(_all_zero), red=True),
    Fault("a keypoint 1,000 km off", ("far points",), _far(1e6), red=True),
    Fault("a keypoint 16.5 m off", ("far points",), _far(-16.512), red=True),
    Fault("a keypoint frozen for 0.5 s", ("frozen",), _freeze(1)),
    Fault("everything frozen for 0.5 s", ("frozen",), _freeze(None), red=True),
    Fault("every frame twice", ("frozen",), on_movement(_repeated)),
    Fault("a gap of 0.6 s", ("gaps",), _gap(0.6)),
    Fault("a gap of 0.6 s, filled", ("straight lines",), on_movement(_filled)),
    Fault("lost frames", ("time stamps",), on_movement(_lost_frames)),
    Fault("time stamps shifted by 0.5 s", ("time stamps",), on_movement(_shifted_stamps)),
    Fault("times in ms", ("sampling rate",), on_movement(_milliseconds), red=True),
    Fault("filmed at 15 Hz", ("sampling rate",), _slow(15.0)),
    Fault("another person from some frame on", _SPEED, on_movement(_teleport), red=True),
    Fault("spikes", ("spikes",), on_movement(_jolt)),
    Fault("tremble of 10 mm", ("tremble",), _noise(10.0)),
    Fault("legs swapped in bursts", ("side swaps",), on_movement(_swap)),
    Fault("a shank that shrinks by 60 %", ("segment lengths",), on_movement(_stretching)),
    Fault("a shank too short by 35 %", ("left against right",), on_movement(_short_shank)),
    Fault("another person in the static trial", ("movement against static",), _another_person),
    Fault("movement 25 % too large", ("movement against static",), _other_calibration(1.25),
          red=True),
    Fault("movement 20 % too small", ("movement against static",), _other_calibration(0.80),
          red=True),
    Fault("no static trial", ("static trial",), _no_static),
    Fault("static on a bent knee", ("static pose",), _bent_static),
    Fault("a shank too short in the static trial", ("movement against static",), _half_static,
          red=True),
    Fault("a model of another person", ("model size",), _foreign_model),
    Fault("a model of another mass", ("model mass",), _other_mass),
    Fault("a lopsided model", ("model sides",), _lopsided_model),
    Fault("a slip in the set-up", ("set-up slips",), _slip),
    Fault("markers made for another height", ("augmenter version",), _stated_version),
    Fault("a cut-off of 0.5 Hz", ("cut-off",), _cleaned(0.5)),
    Fault("walking, with a cut-off of 2 Hz", ("cut-off",), _walking_at_2_hz),
    Fault("6 Hz, twice", ("filters in series",), _cleaned(6.0, 6.0)),
    Fault("the generic model as scaled one", ("unscaled model",), _generic_model, red=True),
    Fault("toes turned inwards by 110°", ("joint limits",), on_movement(_turned_toes)),
    Fault("everything turned round for five frames", ("joint jumps",), on_movement(_turned_round),
          red=True),
    Fault("a knee 200 mm outwards", ("largest marker error",), on_movement(_knee_out)),
    Fault("a motion filtered over a wrap", ("wraps",), _with_motion(_smeared), red=True),
    Fault("a foot below the ground", ("floor",), on_movement(_floor_outlier)),
    Fault("markers 35 % too large", ("marker error",), _other_calibration(1.35)),
)  # fmt: skip
