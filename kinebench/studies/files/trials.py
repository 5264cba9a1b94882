"""Trials of a study file: ``[laboratory]`` and ``[[trials]]``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from kinebench.core.limits import Limit, require_limit
from kinebench.errors import FileFormatError, require_names
from kinebench.io.documents import (
    Table,
    items_of,
    require_keys,
    table_of,
    texts_of,
    value_of,
)
from kinebench.lab import PEOPLE, STATIC_POSES, SoftTissue
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.motions import (
    ArmRaise,
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    SitToStand,
    Squat,
    Standing,
)
from kinebench.studies.design import TrialSource
from kinebench.studies.sources.dataset import DatasetSource
from kinebench.studies.sources.laboratory import LabSource
from kinebench.studies.sources.mocap_driven import mocap_driven, recorded_motion
from kinebench.studies.sources.own import own_trials

ACTIVITIES: dict[str, MotionModel] = {
    "squat": Squat(),
    "one squat": Squat(repetitions=1),
    "asymmetric squat": Squat(drop_deg=5.0, shift_m=0.03),
    "sit-to-stand": SitToStand(),
    "one sit-to-stand": SitToStand(repetitions=1),
    "gait": Gait(),
    "drop jump": DropJump(),
    "counter-movement jump": CounterMovementJump(),
    "arm raise": ArmRaise(),
    "standing": Standing(),
}
"""What virtual subjects can be asked to do."""

_LABORATORY_KEYS = (
    "subjects", "first", "activities", "replays", "camera", "rate_hz", "people", "trials",
    "noise_seeds", "played_by", "skin",
)  # fmt: skip
_REPLAY_KEYS = ("activity", "dataset", "sample")
_COMMON_KEYS = ("dataset", "sample", "subject", "activity", "keypoints")
_REAL_KEYS = ("reference", "reference_markers", "reference_from", "lag_s", "same_frame")
_KINDS = ("real", "mocap-driven")
_CAMERA = "two-phones"
_SUBJECTS = Limit(0, 10_000, reason="no plan with more of them fits into memory")
_RATE = Limit(1, 10_000, "Hz", "no camera records people faster, or makes movement of less")
_FIRST = Limit(0, 10**9)
_TRIALS = Limit(1, 1_000, reason="nobody repeats a trial so often")


def sources_of(content: Table, body: str, folder: Path = Path()) -> tuple[TrialSource, ...]:
    """All trials: virtual subjects first, in the order of the file.

    Parameters
    ----------
    content : mapping
        Of the whole study file.
    body : {"opencap", "lab"}
        Who plays the virtual subjects, where ``played_by`` does not say otherwise.
    folder : Path
        To which paths of sessions and files are relative.

    Raises
    ------
    FileFormatError, NameNotFoundError
        Naming table and key.
    """
    laboratory = value_of(content, "laboratory", dict, "the study")
    virtual = () if laboratory is None else _virtual(laboratory, body)
    recorded = [
        source
        for table, where in items_of(content, "trials")
        for source in (
            own_trials(table, where, folder)
            if {"session", "file"} & table.keys()
            else [_recorded(table, where)]
        )
    ]
    sources = (*virtual, *recorded)
    if not sources:
        raise FileFormatError("a study needs trials: a [laboratory] table or [[trials]]")
    return sources


def datasets_named(content: Table) -> tuple[str, ...]:
    """Datasets that the trials of a study file come from, each once, in the order of the file."""
    laboratory = table_of(content, "laboratory", "the study")
    tables = [*items_of(laboratory, "replays", "[laboratory]"), *items_of(content, "trials")]
    # a trial of one's own names none
    named = [value_of(t, "dataset", str, where) for t, where in tables if "dataset" in t]
    holders = [texts_of(table, "reference_from", where)[:1] for table, where in tables]
    return tuple(dict.fromkeys([*named, *(name for pair in holders for name in pair)]))


def static_level(name: Any) -> Any:
    """A level of ``data.static``: a pose of the laboratory, or a word that sources understand."""
    words = ("trial start", "own", "none")
    require_names([str(name)], (*STATIC_POSES, *words), "static pose", "the laboratory")
    return STATIC_POSES.get(name, name)


def _virtual(table: Table, body: str) -> Iterator[TrialSource]:
    where = "[laboratory]"
    require_keys(table, _LABORATORY_KEYS, where, needed=("subjects",))
    camera = value_of(table, "camera", str, where, _CAMERA)
    motions = _motions(table, where)
    rate_hz = value_of(table, "rate_hz", float, where, 60.0)
    n_subjects = value_of(table, "subjects", int, where)
    people = value_of(table, "people", str, where, "template")
    require_names([people], PEOPLE, "people", "the laboratory")
    population, first = PEOPLE[people], value_of(table, "first", int, where, 0)
    trials = value_of(table, "trials", int, where, 1)
    noise_seeds = value_of(table, "noise_seeds", int, where, 1)
    player = value_of(table, "played_by", str, where, body)
    tissue = SoftTissue() if value_of(table, "skin", bool, where, False) else None
    require_limit(n_subjects, _SUBJECTS, f"{where}: subjects")
    require_limit(first, _FIRST, f"{where}: first")
    require_limit(rate_hz, _RATE, f"{where}: rate_hz")
    require_limit(trials, _TRIALS, f"{where}: trials")
    require_limit(noise_seeds, _TRIALS, f"{where}: noise_seeds")
    for index in range(first, first + n_subjects):
        person, errors = population.subject(index), _camera_of(camera, index)
        for activity, motion in motions.items():
            for number, noise in product(range(1, trials + 1), range(noise_seeds)):
                yield LabSource(
                    person, motion, activity, errors, player, rate_hz,
                    number=number, noise=noise, tissue=tissue,
                )  # fmt: skip


def _camera_of(text: str, member: int) -> CameraError:
    """Camera errors; ``plausible`` without a number is another member of the family per person.

    What differs between people then holds what is not known about cameras.
    """
    steps = (f"plausible:{member}" if step == "plausible" else step for step in text.split("+"))
    return parse_camera("+".join(steps))


def _motions(table: Table, where: str) -> dict[str, Any]:
    """Activity to motion: parametric ones, then recorded ones that every subject plays."""
    names = texts_of(table, "activities", where)
    require_names(names, ACTIVITIES, "activity", "the laboratory")
    motions: dict[str, Any] = {name: ACTIVITIES[name] for name in names}
    for replay, place in items_of(table, "replays", where):
        require_keys(replay, _REPLAY_KEYS, place, _REPLAY_KEYS)
        activity, dataset, sample = (value_of(replay, key, str, place) for key in _REPLAY_KEYS)
        if activity in motions:
            raise FileFormatError(
                f"{place}: activity '{activity}' is there already; names must differ"
            )
        motions[activity] = recorded_motion(dataset, sample)
    if not motions:
        raise FileFormatError(f"{where}: activities or replays must name a movement or more")
    return motions


def _recorded(table: Table, where: str) -> TrialSource:
    kind = value_of(table, "keypoints", str, where, "real")
    require_names([kind], _KINDS, "kind of keypoints", where)
    own = ("camera",) if kind == "mocap-driven" else _REAL_KEYS
    require_keys(table, (*_COMMON_KEYS, *own), where, ("dataset", "sample"))
    dataset, sample = (value_of(table, key, str, where) for key in ("dataset", "sample"))
    subject = value_of(table, "subject", str, where, dataset)
    activity = value_of(table, "activity", str, where, "unknown")
    if kind == "mocap-driven":
        camera = parse_camera(value_of(table, "camera", str, where, _CAMERA))
        return mocap_driven(dataset, sample, subject, activity, camera)
    source = DatasetSource(
        dataset,
        sample,
        subject,
        activity,
        reference=value_of(table, "reference", str, where, "reference"),
        reference_markers=value_of(table, "reference_markers", str, where, "mocap"),
        lag_s=value_of(table, "lag_s", float, where, 0.0),
        same_frame=value_of(table, "same_frame", bool, where, True),
    )
    if "reference_from" not in table:
        return source
    holder = texts_of(table, "reference_from", where)
    if len(holder) != 2:
        raise FileFormatError(f"{where}: reference_from must be [dataset, sample], found {holder}")
    return replace(source, reference_from=(holder[0], holder[1]))
