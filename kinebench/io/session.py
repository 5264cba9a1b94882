"""OpenCap session folders: as downloaded, as a local run leaves them, as LabValidation has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, NameNotFoundError, require_names

__all__ = ["Recording", "Session", "SessionFiles", "read_session"]

Content = Literal["keypoints", "augmented", "mocap"]

_METADATA = ("sessionMetadata.yaml", "metadata.yaml")
_STAGES = ("PreAugmentation", "PostAugmentation")


@dataclass(frozen=True, slots=True)
class Recording:
    """A TRC file of a session.

    Parameters
    ----------
    trial : str
        Name of the trial: the file's, without the suffix that old versions append.
    content : {"keypoints", "augmented", "mocap"}
    variant : str
        Folders that tell detector and cameras, such as ``HRNet/2-cameras``; empty in a
        downloaded session.
    path : Path
    """

    trial: str
    content: Content
    variant: str
    path: Path


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """Files of one trial.

    Parameters
    ----------
    trial : str
    keypoints : Path
        TRC with the video keypoints, perhaps with augmented markers too.
    stored : Path, optional
        TRC with the augmented markers that the session holds.
    static, static_stored : Path, optional
        The same of the static trial.
    motion : Path, optional
        The session's own result.
    scaled_model, generic_model, scaling_setup, ik_setup : Path, optional
    settings : mapping
        Settings of the trial where they are there, completed by those of the session.
    """

    trial: str
    keypoints: Path
    stored: Path | None
    static: Path | None
    static_stored: Path | None
    motion: Path | None
    scaled_model: Path | None
    generic_model: Path | None
    scaling_setup: Path | None
    ik_setup: Path | None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """An OpenCap session folder.

    Parameters
    ----------
    folder : Path
    subject : Subject, optional
        None when the metadata lack mass or height.
    metadata : mapping
        Content of the metadata file; empty when there is none.
    recordings : tuple of Recording
    """

    folder: Path
    subject: Subject | None
    metadata: Mapping[str, Any]
    recordings: tuple[Recording, ...]

    @property
    def trials(self) -> tuple[str, ...]:
        """Names of the trials recorded by video, static ones last."""
        names = dict.fromkeys(
            recording.trial for recording in self.recordings if recording.content != "mocap"
        )
        return tuple(sorted(names, key=lambda name: (_is_static(name), name)))

    @property
    def variants(self) -> tuple[str, ...]:
        """Detector and camera choices that the video recordings come in."""
        video = (recording for recording in self.recordings if recording.content != "mocap")
        return tuple(sorted({recording.variant for recording in video}))

    def files(self, trial: str, variant: str | None = None) -> SessionFiles:
        """Files of one trial.

        Raises
        ------
        NameNotFoundError
            For a trial or variant that is not there, or when the variant must be chosen.
        """
        require_names([trial], self.trials, "trial", str(self.folder.name))
        chosen = self._variant(variant)
        keypoints, stored = self._pair(trial, chosen)
        if keypoints is None:
            raise NameNotFoundError(
                f"trial '{trial}' has no video recording in variant '{chosen}' of"
                f" {self.folder.name}"
            )
        static_name = next(
            (name for name in self.trials if _is_static(name) and name != trial), None
        )
        static, static_stored = self._pair(static_name, chosen) if static_name else (None, None)
        return SessionFiles(
            trial=trial,
            keypoints=keypoints,
            stored=stored,
            static=static,
            static_stored=static_stored,
            motion=self._find_result(chosen, ("Kinematics", "IK"), f"{trial}*.mot", trial),
            scaled_model=self._find_model(chosen, "*_scaled.osim"),
            generic_model=self._find_model(chosen, "*_generic.osim"),
            scaling_setup=self._find_model(chosen, "*etup_[sS]cale*.xml"),
            ik_setup=self._find_ik_setup(chosen, trial),
            settings=self._settings(trial),
        )

    def _variant(self, variant: str | None) -> str:
        if variant is not None:
            require_names([variant], self.variants, "variant", self.folder.name)
            return variant
        if len(self.variants) > 1:
            raise NameNotFoundError(
                f"{self.folder.name} has several variants of its recordings, name one of:"
                f" {', '.join(self.variants)}"
            )
        return self.variants[0]

    def _pair(self, trial: str, variant: str) -> tuple[Path | None, Path | None]:
        """Keypoints and stored markers; one file may be both."""
        found = {
            recording.content: recording.path
            for recording in self.recordings
            if recording.trial == trial and recording.variant == variant
        }
        stored = found.get("augmented")
        return found.get("keypoints", stored), stored

    def _find_result(
        self, variant: str, folders: tuple[str, ...], pattern: str, trial: str
    ) -> Path | None:
        for path in self._below_opensim(variant, pattern):
            if path.parent.name in folders and _trial_of(path) == trial:
                return path
        return None

    def _find_model(self, variant: str, pattern: str) -> Path | None:
        found = [p for p in self._below_opensim(variant, pattern) if "no_patella" not in p.name]
        return found[0] if found else None

    def _find_ik_setup(self, variant: str, trial: str) -> Path | None:
        for path in self._below_opensim(variant, "*etup_[iI][kK]*.xml"):
            named = path.stem.lower().replace("setup_ik", "").strip("_").removesuffix("_lstm")
            if named == trial.lower():
                return path
        return None

    def _below_opensim(self, variant: str, pattern: str) -> list[Path]:
        """Files of the variant, or of no variant; never of mocap."""
        base = self.folder / "OpenSimData"
        wanted = PurePosixPath(variant).parts
        found = []
        for path in sorted(base.rglob(pattern)):
            parts = path.relative_to(base).parts
            if "Mocap" not in parts and set(wanted) <= set(parts):
                found.append(path)
        return found

    def _settings(self, trial: str) -> dict[str, str]:
        keys = {
            "augmenter": ("augmenter_model", "augmentermodel"),
            "filter_frequency": ("filterFrequency", "filterfrequency"),
            "model": ("openSimModel",),
            "pose_detector": ("poseDetector", "posemodel"),
            "scaling_setup": ("scalingSetup", "scalingsetup"),
        }
        own: dict[str, Any] = dict(self.metadata)
        for path in sorted((self.folder / "MarkerData").rglob("*ettings_*.yaml")):
            if path.stem.split("_", 1)[1] == trial:
                own |= _read_yaml(path)
        found = {}
        for name, spellings in keys.items():
            values = [own[spelling] for spelling in spellings if own.get(spelling) is not None]
            if values:
                found[name] = str(values[0])
        return found


def read_session(folder: Path | str) -> Session:
    """Index a session folder; no recording is read yet.

    Raises
    ------
    FileFormatError
        When the folder is missing, or holds no TRC below MarkerData.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileFormatError(f"session folder {folder} does not exist")
    base = folder / "MarkerData"
    paths = sorted(base.rglob("*.trc"))
    if not paths:
        raise FileFormatError(
            f"{folder} is no OpenCap session: it has no .trc file below MarkerData"
        )
    metadata: dict[str, Any] = {}
    for name in _METADATA:
        if (folder / name).is_file():
            metadata = _read_yaml(folder / name)
            break
    recordings = tuple(_recording(path, base) for path in paths)
    return Session(folder, _subject(metadata), metadata, recordings)


def _recording(path: Path, base: Path) -> Recording:
    parts = path.relative_to(base).parts[:-1]
    stage = next((part for part in parts if part.startswith(_STAGES)), None)
    if "Mocap" in parts:
        content: Content = "mocap"
    elif stage is not None:
        content = "keypoints" if stage.startswith("Pre") else "augmented"
    else:
        content = "augmented" if _has_augmented_markers(path) else "keypoints"
    variant = "/".join(part for part in parts if part not in ("Video", "Mocap", stage))
    return Recording(_trial_of(path), content, variant, path)


def _has_augmented_markers(path: Path) -> bool:
    with path.open("rb") as file:
        return b"_study" in file.read(16384)


def _trial_of(path: Path) -> str:
    return path.stem.removesuffix("_LSTM").removesuffix("_videoAndMocap")


def _is_static(trial: str) -> bool:
    return trial.lower().startswith(("neutral", "static"))


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FileFormatError(f"cannot read {path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise FileFormatError(f"{path.name} must hold keys with values")
    return content


def _subject(metadata: Mapping[str, Any]) -> Subject | None:
    if metadata.get("mass_kg") is None or metadata.get("height_m") is None:
        return None
    try:
        mass, height = float(metadata["mass_kg"]), float(metadata["height_m"])
    except (TypeError, ValueError) as error:
        raise FileFormatError(f"mass_kg and height_m of the metadata: {error}") from error
    sex = metadata.get("gender_mf", metadata.get("sex"))
    identifier = str(metadata.get("subjectID") or "subject")
    return Subject(mass, height, identifier, None if sex is None else str(sex))
