"""Mocap against video from files: read, looked at, solved, and validated."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kinebench.alignment.joint_frames import LAI_RAJAGOPAL, JointFrame, joint_frames
from kinebench.comparison import PairResult, Procedure
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.core.subject import Subject
from kinebench.errors import ValueRangeError
from kinebench.io.keypoint_files import axes_of, read_markers
from kinebench.io.models import read_model
from kinebench.io.session_archive import file_on_disk
from kinebench.kinematics import read_tree
from kinebench.remarks import Remark, collected_remarks, tell
from kinebench.validation.conventions import (
    ANYBODY,
    require_metres,
    require_person,
    require_upright,
)
from kinebench.validation.marker_maps import marker_map, matched, renamed
from kinebench.validation.mocap import mocap_spec, require_tracked, solved
from kinebench.validation.sources import (
    MARKERS,
    MOTIONS,
    Video,
    read_recording,
    read_video,
    who,
)
from kinebench.validation.validate import Validation, validate_recordings


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says of both recordings; nothing of it need be said.

    Parameters
    ----------
    static_mocap : Path, optional
        Static trial, on which the model of the mocap is scaled.
    scaled_model : Path, optional
        Instead of scaling.
    marker_map : str, optional
        Of the mocap's marker names: a built-in one, or a TOML file.
    axes, video_axes : str, optional
        As `kinebench.io.keypoint_files.axes_of` takes them; Y up by default.
    body, engine : str
        Generic model, and what solves.
    trial, variant : str, optional
        Of a session or project.
    mass_kg, height_m : float, optional
        Where no session states them, or others than it does.
    sure : bool
        Whether they are right though unlikely.
    lag_s : float, optional
        By which the video is late.
    frame : {"estimate", "same"}
    how : Procedure
        What is scored.
    """

    static_mocap: Path | None = None
    scaled_model: Path | None = None
    marker_map: str | None = None
    axes: str | None = None
    video_axes: str | None = None
    body: str = "opencap"
    engine: str = "opensim"
    trial: str | None = None
    variant: str | None = None
    mass_kg: float | None = None
    height_m: float | None = None
    sure: bool = False
    lag_s: float | None = None
    frame: Literal["estimate", "same"] = "estimate"
    how: Procedure = field(default_factory=Procedure)

    @property
    def solves(self) -> bool:
        """Whether the mocap's markers become a motion."""
        return self.static_mocap is not None or self.scaled_model is not None


@dataclass(frozen=True, slots=True)
class TrialValidation:
    """A trial from its files.

    Parameters
    ----------
    validation : Validation
    video : Video
    files : tuple of (str, Path)
        What was read, by its role.
    prepared : tuple of str
        Sentences on how the mocap's motion was made.
    remarks : tuple of Remark
    run : PipelineRun, optional
        Scaling and inverse kinematics of the mocap.
    """

    validation: Validation
    video: Video
    files: tuple[tuple[str, Path], ...]
    prepared: tuple[str, ...]
    remarks: tuple[Remark, ...]
    run: PipelineRun | None = None

    @property
    def pair(self) -> PairResult:
        """The one pair of the comparison."""
        return self.validation.comparison.pairs[0]

    @property
    def model(self) -> Model | None:
        """A model that has all coordinates of both motions: the mocap's, or the session's."""
        one, other = self.pair.reference, self.pair.estimate
        scaled = self.run.scaling.model if self.run is not None else self.video.model
        if scaled is None or not isinstance(one, Motion):
            return None
        known = set(read_tree(scaled).coordinate_names)
        return scaled if {*one.names, *other.names} <= known else None


def validate_files(
    mocap: Path,
    video: Path,
    stated: Stated | None = None,
    *,
    subject: str | None = None,
    trial: str | None = None,
) -> TrialValidation:
    """Validate one trial from its files.

    Parameters
    ----------
    mocap : Path
        .c3d, .trc, .mot or .sto.
    video : Path
        As `kinebench.validation.sources.read_video` takes it.
    stated : Stated, optional
    subject, trial : str, optional
        Labels of the result; by default the session's subject and the mocap's name.

    Raises
    ------
    KinebenchError
        What is stated is no person's, contradicts the files or has no use; a file cannot be read;
        or the two are not brought together.
    """
    said = stated or Stated()
    with collected_remarks() as told:
        _require_sense(mocap, video, said)
        # nothing is scaled with a model that is scaled already
        person = _person(said, who(video), asked=said.static_mocap is not None)
        recording = read_recording(mocap, axes_of(said.axes or "y-up"))
        seen = read_video(
            video, said.trial, said.variant, axes_of(said.video_axes or "y-up"), mocap.stem
        )
        tell("video", f"video: {seen.kind}, {seen.path.name}", severity="note")
        # a project or a session shows only now what it holds
        _require_one_kind(mocap, isinstance(seen.recording, Markers), said)
        sides = _sides(recording, seen.recording, mocap, person, said)
        labels = subject or (seen.subject.identifier if seen.subject else "subject")
        found = validate_recordings(
            sides.reference,
            sides.estimate,
            said.how,
            lag_s=said.lag_s,
            frame=said.frame,
            joints=_joints(sides, seen.model),
            models=(sides.model, seen.model),
            subject=labels,
            trial=trial or mocap.stem,
        )
    named = {"mocap": mocap, "static mocap": said.static_mocap, "scaled model": said.scaled_model,
             "video": file_on_disk(seen.path)}  # fmt: skip
    files = tuple((role, path) for role, path in named.items() if path is not None)
    remarks = (*told, *found.remarks)
    return TrialValidation(found, seen, files, sides.prepared, remarks, sides.run)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both recordings, ready to be brought together."""

    reference: Motion | Markers
    estimate: Motion | Markers
    prepared: tuple[str, ...] = ()
    run: PipelineRun | None = None

    @property
    def model(self) -> Model | None:
        return None if self.run is None else self.run.scaling.model


def _require_sense(mocap: Path, video: Path, said: Stated) -> None:
    """Refuse what cannot work by the files' endings alone, and sizes of nobody."""
    require_person(said.mass_kg, said.height_m, said.sure)
    if mocap.suffix.lower() in MOTIONS:
        given = {"--static-mocap": said.static_mocap, "--scaled-model": said.scaled_model,
                 "--map": said.marker_map, "--axes": said.axes}  # fmt: skip
        useless = [option for option, value in given.items() if value is not None]
        if useless:
            raise ValueRangeError(
                f"{' and '.join(useless)}: only with markers, and {mocap.name} is a motion"
            )
    ending = video.suffix.lower()
    if not video.is_dir() and ending in (*MOTIONS, *MARKERS):
        _require_one_kind(mocap, ending in MARKERS, said)


def _require_one_kind(mocap: Path, video_is_markers: bool, said: Stated) -> None:
    """Refuse a motion beside markers before anything is solved."""
    mocap_is_motion = mocap.suffix.lower() in MOTIONS
    if mocap_is_motion and video_is_markers:
        raise ValueRangeError(
            f"{mocap.name} is a motion and the video markers: give the mocap's markers, or the"
            " video's .mot"
        )
    if said.solves and video_is_markers:
        option = "--static-mocap" if said.static_mocap is not None else "--scaled-model"
        raise ValueRangeError(
            f"{option} would make a motion of {mocap.name}, and the video is markers: leave it out"
            " to compare markers with markers, or give the video's .mot"
        )
    if not (mocap_is_motion or said.solves or video_is_markers):
        raise ValueRangeError(
            f"{mocap.name} is markers and the video a motion: give --static-mocap FILE, to scale a"
            " model and solve inverse kinematics, or --scaled-model FILE"
        )


def _person(said: Stated, known: Subject | None, asked: bool) -> Subject | None:
    """The subject, refused where no such person is; None where nothing is known and asked."""
    mass, height = said.mass_kg, said.height_m
    if known is not None:
        mass = known.mass_kg if mass is None else mass
        height = known.height_m if height is None else height
    if mass is None or height is None:
        if not asked:
            return None
        raise ValueRangeError("--mass and --height are needed: scaling uses them")
    require_person(mass, height, said.sure)
    return Subject(mass, height, known.identifier if known else "subject")


def _sides(
    mocap: Motion | Markers,
    video: Motion | Markers,
    file: Path,
    person: Subject | None,
    said: Stated,
) -> _Sides:
    if not isinstance(mocap, Markers):
        return _Sides(mocap, video)
    require_metres(mocap, person, "the mocap")
    ours = _named(said, mocap, "mocap")
    if said.solves:
        run, prepared = _solved(file.stem, ours, person or ANYBODY, said)
        return _Sides(run.motion, video, (prepared,), run)
    assert isinstance(video, Markers)
    require_metres(video, person, "the video")
    one, other, told = matched(ours, video)
    if told:
        tell("markers matched", f"markers matched: {', '.join(told)}", severity="note")
    require_upright(ours, "the mocap", "--axes", said.axes is not None)
    require_upright(video, "the video", "--video-axes", said.video_axes is not None)
    return _Sides(one, other)


def _named(said: Stated, markers: Markers, which: str) -> Markers:
    if said.marker_map is None:
        return markers
    chosen = marker_map(said.marker_map)
    found, left_out = renamed(markers, chosen)
    known = f"{which}: map {chosen.name} knows {len(found.names)} of {len(markers.names)} markers"
    out = f"; left out: {', '.join(left_out)}" if left_out else ""
    tell("marker names", known + out, severity="note", where=left_out)
    return found


def _solved(name: str, mocap: Markers, person: Subject, said: Stated) -> tuple[PipelineRun, str]:
    """Static trial, scaling and inverse kinematics of the mocap, and a sentence on them."""
    spec = mocap_spec(said.body, said.engine)
    model = None if said.scaled_model is None else read_model(said.scaled_model)
    recordings = {"the mocap": mocap}
    static = None
    if said.static_mocap is not None:
        read = read_markers(said.static_mocap, axes=axes_of(said.axes or "y-up"))
        require_metres(read, person, "the static mocap trial")
        static = _named(said, read, "static mocap")
        recordings["the static mocap trial"] = static
    # unknown names hide a wrong posture: names first
    known, *_ = [require_tracked(each, which, spec, model) for which, each in recordings.items()]
    for which, each in recordings.items():
        require_upright(each, which, "--axes", said.axes is not None)
    run = solved(name, mocap, static, person, spec, model)
    error = run.solution.rms_errors.mean() * 1e3
    told = f"mocap: {known}; marker error of inverse kinematics {error:.1f} mm RMS"
    tell("mocap solved", told, severity="note")
    scaled = "was given" if model is not None else "was scaled on the static trial"
    return run, (
        f"The mocap's motion is inverse kinematics of {len(known.known)} markers ({said.engine};"
        f" root mean square marker error {error:.1f} mm) with model {run.scaling.model.name},"
        f" which {scaled}."
    )


def _joints(sides: _Sides, video_model: Model | None) -> tuple[JointFrame, ...]:
    """Joints of three angles: of the mocap's model, or the session's, or as they mostly are."""
    if not isinstance(sides.reference, Motion):
        return LAI_RAJAGOPAL
    model = sides.model or video_model
    if model is not None:
        return joint_frames(read_tree(model))
    assumed = "joint axes: those of LaiUhlrich2022 and Rajagopal2016 are assumed"
    tell("joint axes", assumed, severity="note")
    return LAI_RAJAGOPAL
