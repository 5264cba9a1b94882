"""OpenCap session folders with known content, in each layout that `read_session` knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.errors import require_names
from kinebench.io.atomic import write_atomically
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

# Five decimals of a metre are what OpenCap writes.
_DECIMALS = 5
_DETECTOR = "HRNet/2-cameras"


@dataclass(frozen=True, slots=True)
class TrialContent:
    """What a session holds of one trial.

    Parameters
    ----------
    keypoints : Markers
        The 20 video keypoints.
    augmented : Markers, optional
        Augmented markers, with or without the keypoints.
    motion : Motion, optional
        The session's own result.
    optical_markers, optical_motion : optional
        What a laboratory measured at the same time; only `LabValidation` keeps it.
    """

    keypoints: Markers
    augmented: Markers | None = None
    motion: Motion | None = None
    optical_markers: Markers | None = None
    optical_motion: Motion | None = None


@dataclass(frozen=True, slots=True)
class SessionContent:
    """Everything that a session folder holds.

    Parameters
    ----------
    subject : Subject or None
        None leaves mass and height out of the metadata.
    trials : mapping of str to TrialContent
        By name; a static trial is called neutral or static.
    augmenter : str
        Version as the settings state it; empty states none.
    scaled_model, generic_model : Model, optional
    optical_model : Model, optional
        The model that belongs to the optical motions.
    scaling_setup, ik_setup : Document, optional
    metadata : mapping
        More entries of the metadata, or others than those that follow from the content.
    """

    subject: Subject | None
    trials: Mapping[str, TrialContent]
    augmenter: str = ""
    scaled_model: Model | None = None
    generic_model: Model | None = None
    optical_model: Model | None = None
    scaling_setup: Document | None = None
    ik_setup: Document | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Folders of a layout, relative to the session's."""

    keypoints: str
    augmented: str
    suffix: str
    model: str
    motions: str
    settings: str
    optical: bool = False


_LAYOUTS = {
    # augmented markers and keypoints in one file
    "downloaded": _Layout(
        "", "MarkerData", "", "OpenSimData/Model", "OpenSimData/Kinematics", "MarkerData/Settings"
    ),
    "local": _Layout(
        f"MarkerData/{_DETECTOR}/PreAugmentation",
        f"MarkerData/{_DETECTOR}/PostAugmentation{{version}}",
        "_LSTM",
        f"OpenSimData/{_DETECTOR}/Model",
        f"OpenSimData/{_DETECTOR}/Kinematics",
        f"MarkerData/{_DETECTOR}/PostAugmentation{{version}}",
    ),
    "labvalidation": _Layout(
        f"MarkerData/Video/{_DETECTOR}/PreAugmentation",
        f"MarkerData/Video/{_DETECTOR}/PostAugmentation{{version}}",
        "",
        f"OpenSimData/Video/{_DETECTOR}/Model",
        f"OpenSimData/Video/{_DETECTOR}/IK",
        f"MarkerData/Video/{_DETECTOR}/PostAugmentation{{version}}",
        optical=True,
    ),
}

LAYOUTS = tuple(_LAYOUTS)
"""As OpenCap's site gives it, as a local run leaves it, as the LabValidation data set has it."""


def write_session(folder: Path | str, content: SessionContent, layout: str = "downloaded") -> Path:
    """Write a session folder, and return it.

    In the downloaded layout one file holds keypoints and augmented markers of a trial.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    content : SessionContent
    layout : one of LAYOUTS

    Raises
    ------
    NameNotFoundError
        For another layout.
    OutputError
        When a file cannot be written.
    """
    require_names([layout], LAYOUTS, "layout", "a session")
    place, folder = _LAYOUTS[layout], Path(folder)
    _write_text(folder / "sessionMetadata.yaml", _yaml(_metadata(content)))
    for name, trial in content.trials.items():
        _write_trial(folder, place, content, name, trial)
    _write_models(folder, place, content)
    return folder


def _metadata(content: SessionContent) -> dict[str, Any]:
    model = content.generic_model or content.scaled_model
    found: dict[str, Any] = {
        "openSimModel": "LaiUhlrich2022" if model is None else model.name,
        "markerAugmentationSettings": {"markerAugmenterModel": "LSTM"},
        "scalingsetup": "upright_standing_pose",
    }
    subject = content.subject
    if subject is not None:
        found |= {
            "subjectID": subject.identifier,
            "mass_kg": subject.mass_kg,
            "height_m": subject.height_m,
        }
        if subject.sex is not None:
            found["gender_mf"] = subject.sex[0]
    if content.augmenter:
        found["augmentermodel"] = content.augmenter
    return found | dict(content.metadata)


def _write_trial(
    folder: Path, place: _Layout, content: SessionContent, name: str, trial: TrialContent
) -> None:
    version = f"_{content.augmenter}" if content.augmenter else ""
    augmented = trial.augmented
    if place.keypoints:
        _write_trc(folder / place.keypoints / f"{name}.trc", trial.keypoints)
    elif augmented is None:
        augmented = trial.keypoints
    elif not set(trial.keypoints.names) <= set(augmented.names):
        augmented = trial.keypoints.joined(augmented)
    if augmented is not None:
        beside = folder / place.augmented.format(version=version)
        _write_trc(beside / f"{name}{place.suffix}.trc", augmented)
    if content.augmenter:
        settings = folder / place.settings.format(version=version) / f"settings_{name}.yaml"
        _write_text(settings, _yaml({"augmenter_model": content.augmenter}))
    if trial.motion is not None:
        _write_motion(folder / place.motions / f"{name}.mot", trial.motion)
    if place.optical and trial.optical_markers is not None:
        _write_trc(folder / f"MarkerData/Mocap/{name}.trc", trial.optical_markers)
    if place.optical and trial.optical_motion is not None:
        _write_motion(folder / f"OpenSimData/Mocap/IK/{name}.mot", trial.optical_motion)


def _write_models(folder: Path, place: _Layout, content: SessionContent) -> None:
    model = folder / place.model
    files = {
        model / "{name}_scaled.osim": content.scaled_model,
        model / "{name}_generic.osim": content.generic_model,
        model / "Setup_scale.xml": content.scaling_setup,
    }
    if place.optical:
        files[folder / "OpenSimData/Mocap/Model/{name}_scaled.osim"] = content.optical_model
    if content.ik_setup is not None:
        files |= {
            folder / place.motions / f"Setup_IK_{name}.xml": content.ik_setup
            for name in content.trials
        }
    for path, document in files.items():
        if document is not None:
            plain = document.name.removesuffix("_scaled").removesuffix("_generic")
            _write_text(path.with_name(path.name.format(name=plain)), document.xml)


def _write_trc(path: Path, markers: Markers) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_trc(path, markers, decimals=_DECIMALS)


def _write_motion(path: Path, motion: Motion) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_motion(path, motion)


def _write_text(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def _yaml(content: Mapping[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(dict(content), sort_keys=True))
