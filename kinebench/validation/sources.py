"""Reading both sides: mocap files, and video as a session, a project or files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, NameNotFoundError
from kinebench.io.keypoint_files import read_markers
from kinebench.io.models import read_model
from kinebench.io.mot import read_motion
from kinebench.io.session import Session, is_static, read_session
from kinebench.io.session_archive import unpacked
from kinebench.io.session_folder import child, is_zip
from kinebench.pipeline.session.plan import plan_from_session
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import tell, unheard

MOTIONS = (".mot", ".sto")
MARKERS = (".trc", ".c3d")
"""Endings of what holds joint angles, and of what holds markers."""


@dataclass(frozen=True, slots=True)
class Video:
    """The estimate, and what comes with it.

    Parameters
    ----------
    recording : Motion or Markers
    path : Path
        The file it was read from.
    trial : str
    kind : str
        "OpenCap session", "Pose2Sim project" or "file".
    subject : Subject, optional
        As the session's metadata say.
    model : Model, optional
        The session's scaled model.
    """

    recording: Motion | Markers
    path: Path
    trial: str
    kind: str
    subject: Subject | None = None
    model: Model | None = None


def read_recording(path: Path, axes: str = "+x+y+z") -> Motion | Markers:
    """A motion from .mot or .sto, markers from .trc or .c3d.

    Raises
    ------
    FileFormatError
        For another ending, or a file that does not follow its format.
    """
    ending = path.suffix.lower()
    if ending in MOTIONS:
        return read_motion(path)
    if ending in MARKERS:
        return read_markers(path, axes=axes)
    valid = ", ".join((*MOTIONS, *MARKERS))
    raise FileFormatError(f"{path.name}: '{ending}' is neither motion nor markers; valid: {valid}")


def who(path: Path) -> Subject | None:
    """Whose session it is; None of what is no session, or does not say so."""
    if not path.exists():
        raise FileFormatError(f"{path} does not exist")
    folder = unpacked(path) if path.is_file() and is_zip(path) else path
    if not (folder.is_dir() and _holds_session(folder)):
        return None
    with unheard():  # told when its trial is read
        return read_session(folder).subject


def read_video(
    path: Path,
    trial: str | None = None,
    variant: str | None = None,
    axes: str = "+x+y+z",
    like: str = "",
) -> Video:
    """The video's result.

    Parameters
    ----------
    path : Path
        An OpenCap session, a Pose2Sim project (folders, or zip archives of them), or a .mot, .sto,
        .trc or .c3d file.
    trial, variant : str, optional
        Of the session or project; needed where there are several and none has the name `like`.
    axes : str
        Of markers.
    like : str
        Name of the mocap trial.

    Raises
    ------
    KinebenchError
        There is nothing to read, or a trial must be chosen.
    """
    if not path.exists():
        raise FileFormatError(f"{path} does not exist")
    if path.is_file() and is_zip(path):
        path = unpacked(path)
    if not path.is_dir():
        return Video(read_recording(path, axes), path, path.stem, "file")
    if _holds_session(path):
        return _of_session(read_session(path), trial, variant, like)
    found = project_files(path)
    if not found:
        raise FileFormatError(
            f"{path.name} is neither an OpenCap session (MarkerData/*.trc) nor a Pose2Sim project"
            " (kinematics/*.mot or pose-3d/*.trc)"
        )
    file = _chosen(found, trial, like, path.name)
    return Video(read_recording(file, axes), file, file.stem, "Pose2Sim project")


def _holds_session(path: Path) -> bool:
    folders = (path, *(each for each in path.iterdir() if each.is_dir()))
    return any(child(folder, "MarkerData").is_dir() for folder in folders) or (
        path.name.casefold() in ("markerdata", "opensimdata")
    )


def _of_session(session: Session, trial: str | None, variant: str | None, like: str) -> Video:
    moving = [name for name in session.trials if not is_static(name)]
    name = trial or (moving[0] if len(moving) == 1 else None)
    if name is None:
        name = next((each for each in moving if each.casefold() == like.casefold()), None)
    if name is None:
        raise NameNotFoundError(
            f"{session.folder.name} has several trials, none named as the mocap, '{like}': name one"
            f" with --trial: {', '.join(moving) or 'none moves'}"
        )
    files = session.files(name, variant)
    model = None if files.scaled_model is None else read_model(files.scaled_model)
    if files.motion is not None:
        motion = read_motion(files.motion)
        return Video(motion, files.motion, name, "OpenCap session", session.subject, model)
    if session.subject is None:
        raise FileFormatError(
            f"{session.folder.name} has no result of trial '{name}' (OpenSimData/…/{name}.mot), and"
            " its metadata lack mass or height: run it first, kinebench run"
        )
    plan = plan_from_session(session, files, session.subject, PipelineSpec())
    run = plan.pipeline(plan.trial)
    made = f"the session has no result of '{name}'; made here by pipeline {plan.spec.digest[:12]}"
    tell("video result", made, severity="note", file=files.keypoints.name)
    return Video(
        run.motion, files.keypoints, name, "OpenCap session", session.subject, run.scaling.model
    )


def project_files(folder: Path) -> dict[str, Path]:
    """Result of each trial of a Pose2Sim project, motions before markers.

    Of several TRC files of a trial the augmented one is taken, then the filtered one, whose names
    are longer.
    """
    motions = {path.stem: path for path in sorted(folder.rglob("kinematics/*.mot"))}
    if motions:
        return motions
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("pose-3d/*.trc"), key=lambda path: len(path.name)):
        found[path.parent.parent.name] = path
    return found


def _chosen(found: dict[str, Path], trial: str | None, like: str, where: str) -> Path:
    wanted = trial or like
    fitting = [name for name in found if wanted and wanted.casefold() in name.casefold()]
    if len(found) == 1 and trial is None:
        return next(iter(found.values()))
    if len(fitting) != 1:
        raise NameNotFoundError(
            f"{where} has several trials: name one with --trial: {', '.join(found)}"
            if trial is None
            else f"--trial {trial} fits {len(fitting)} trials of {where}: {', '.join(found)}"
        )
    return found[fitting[0]]
