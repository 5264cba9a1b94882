"""OpenCap session folders: as downloaded, as a local run leaves them, as LabValidation has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from kinebench.core.subject import Subject
from kinebench.errors import FileFormatError, NameNotFoundError, listed, require_names
from kinebench.io.documents import parse_yaml, read_text
from kinebench.io.session_archive import named_in_archive
from kinebench.io.session_folder import child, session_folder
from kinebench.io.session_subject import subject_of
from kinebench.remarks import tell

Content = Literal["keypoints", "augmented", "mocap"]

_SETTINGS = {
    "augmenter": ("augmenter_model", "augmentermodel"),
    "filter_frequency": ("filterFrequency", "filterfrequency"),
    "model": ("openSimModel",),
    "pose_detector": ("poseDetector", "posemodel"),
    "scaling_setup": ("scalingSetup", "scalingsetup"),
    "vertical_offset": ("verticalOffset",),
}
"""Name here: spellings in settings_<trial>.yaml and in the metadata."""

_METADATA = ("sessionmetadata.yaml", "sessionmetadata.yml", "metadata.yaml", "metadata.yml")
_OTHER_RECORDING = re.compile(r"\.(csv|tsv|c3d|npy|npz|json|trc\.\w+)$", re.IGNORECASE)
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
    version : str
        Augmenter version that the folder tells, such as ``v0.3``; mostly empty.
    """

    trial: str
    content: Content
    variant: str
    path: Path
    version: str = ""

    def rank(self, stated: str) -> tuple[bool, list[int], int]:
        """Which of several recordings of one trial to take: the one that ranks highest.

        The stated augmenter version, then the newest, then the file name without suffixes.
        """
        is_stated = bool(stated) and self.version == stated
        return is_stated, _numbers(self.version), -len(self.path.name)


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
    model_asked : bool
        The scaled model is to be used as it is: see `with_model`.
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
    model_asked: bool = False

    def with_model(self, model: Path) -> SessionFiles:
        """The files with a scaled model that is to be used as it is, whatever there is to scale on.

        The static trial is left out.
        """
        return replace(self, static=None, static_stored=None, scaled_model=model, model_asked=True)


@dataclass(frozen=True, slots=True, repr=False)
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

    def __repr__(self) -> str:
        who = "subject not stated"
        if self.subject is not None:
            who = f"{self.subject.mass_kg:g} kg, {self.subject.height_m:g} m"
        return f"<Session {self.folder.name}: {who}; trials {', '.join(self.trials)}>"

    @property
    def trials(self) -> tuple[str, ...]:
        """Names of the trials recorded by video, static ones last."""
        names = dict.fromkeys(
            recording.trial for recording in self.recordings if recording.content != "mocap"
        )
        return tuple(sorted(names, key=lambda name: (is_static(name), name)))

    @property
    def variants(self) -> tuple[str, ...]:
        """Detector and camera choices that the video recordings come in."""
        video = (recording for recording in self.recordings if recording.content != "mocap")
        return tuple(sorted({recording.variant for recording in video}))

    def files(self, trial: str, variant: str | None = None) -> SessionFiles:
        """Files of one trial.

        Of several results of augmentation (``PostAugmentation_v0.2``, ``…_v0.3``) those of the
        version that the settings state are taken, else the newest. Of several static trials the
        one is taken whose name is plainest: ``neutral`` before ``neutral_2``; a warning tells.

        Raises
        ------
        NameNotFoundError
            For a trial or variant that is not there, or when the variant must be chosen.
        """
        require_names([trial], self.trials, "trial", self._described(trial))
        chosen = self._variant(trial, variant)
        settings = self._settings(trial, chosen)
        version = settings.get("augmenter", "")
        keypoints, stored = self._pair(trial, chosen, version)
        if keypoints is None:
            raise NameNotFoundError(
                f"trial '{trial}' has no video recording in variant '{chosen}' of"
                f" {self.folder.name}"
            )
        static_name = self._static_trial(trial, chosen)
        static, static_stored = (
            self._pair(static_name, chosen, version) if static_name else (None, None)
        )
        return SessionFiles(
            trial=trial,
            keypoints=keypoints,
            stored=stored,
            static=static,
            static_stored=static_stored,
            motion=self._find_result(chosen, trial),
            scaled_model=self._find_model(chosen, "*_scaled.osim", settings),
            generic_model=self._find_model(chosen, "*_generic.osim", settings),
            scaling_setup=self._find_model(chosen, "*setup_scale*.xml", settings),
            ik_setup=self._find_ik_setup(chosen, trial),
            settings=settings,
        )

    def _described(self, trial: str) -> str:
        """The session's name, and files of the trial that are no TRC and so are not read."""
        folded = trial.casefold()
        others = [
            path.name
            for path in _visible(child(self.folder, "MarkerData"), "*")
            if _OTHER_RECORDING.search(path.name) and path.name.casefold().startswith(folded + ".")
        ]
        unread = f", where {listed(others, 3)} is no TRC file and is not read," if others else ""
        return f"{self.folder.name}{unread}"

    def _variant(self, trial: str, variant: str | None) -> str:
        if variant is not None:
            require_names([variant], self.variants, "variant", self.folder.name)
            return variant
        found = sorted(
            {
                recording.variant
                for recording in self.recordings
                if recording.content != "mocap" and recording.trial == trial
            }
        )
        if len(found) > 1:
            raise NameNotFoundError(
                f"{self.folder.name} has several variants of trial '{trial}', name one of:"
                f" {', '.join(found)}"
            )
        return found[0]

    def _pair(self, trial: str, variant: str, version: str) -> tuple[Path | None, Path | None]:
        """Keypoints and stored markers; one file may be both."""
        found: dict[Content, Recording] = {}
        for recording in self.recordings:
            if (recording.trial, recording.variant) == (trial, variant):
                rival = found.setdefault(recording.content, recording)
                if recording.rank(version) > rival.rank(version):
                    found[recording.content] = recording
        paths = {content: recording.path for content, recording in found.items()}
        stored = paths.get("augmented")
        return paths.get("keypoints", stored), stored

    def _static_trial(self, trial: str, variant: str) -> str | None:
        names = {
            recording.trial
            for recording in self.recordings
            if recording.content != "mocap"
            and recording.variant == variant
            and is_static(recording.trial)
            and recording.trial != trial
        }
        if not names:
            return None
        ordered = sorted(names, key=lambda name: (len(name), name))
        if len(ordered) > 1 and not is_static(trial):
            tell(
                "several static trials",
                f"{self.folder.name} has several static trials: {', '.join(ordered)};"
                f" '{ordered[0]}' is taken",
            )
        return ordered[0]

    def _find_result(self, variant: str, trial: str) -> Path | None:
        found = [
            path
            for path in self._below_opensim(variant, "*.mot")
            if path.parent.name.casefold() in ("kinematics", "ik")
            and _trial_of(path).casefold() == trial.casefold()
        ]
        return min(found, key=lambda path: len(path.name), default=None)

    def _find_model(self, variant: str, pattern: str, settings: Mapping[str, str]) -> Path | None:
        found = [
            p
            for p in self._below_opensim(variant, pattern)
            if "no_patella" not in p.name.casefold()
        ]
        stated = settings.get("model", "")
        return min(found, key=lambda path: stated not in path.name, default=None)

    def _find_ik_setup(self, variant: str, trial: str) -> Path | None:
        for path in self._below_opensim(variant, "*setup_ik*.xml"):
            named = path.stem.lower().replace("setup_ik", "").strip("_").removesuffix("_lstm")
            if named == trial.lower():
                return path
        return None

    def _below_opensim(self, variant: str, pattern: str) -> list[Path]:
        """Files of the variant, or else of no variant; never of mocap."""
        base = child(self.folder, "OpenSimData")
        video = {path: path.relative_to(base).parts[:-1] for path in _visible(base, pattern)}
        video = {path: parts for path, parts in video.items() if "Mocap" not in parts}
        return _of_variant(video, variant, self.variants)

    def _settings(self, trial: str, variant: str) -> dict[str, str]:
        base = child(self.folder, "MarkerData")
        paths = {
            path: path.relative_to(base).parts[:-1]
            for path in _visible(base, "*settings_*.y*ml")
            if path.stem.split("_", 1)[1].removesuffix("_LSTM").casefold() == trial.casefold()
        }
        # those beside the results of one augmenter version tell of these alone: the newest first
        ordered = sorted(_of_variant(paths, variant, self.variants), key=_age_of_version)
        own = [_read_yaml(path) for path in ordered]
        found = {}
        for name, spellings in _SETTINGS.items():
            values = [
                source[spelling]
                for source in (*own, self.metadata)
                for spelling in spellings
                if source.get(spelling) is not None
            ]
            if values:
                found[name] = str(values[0])
        return found


def read_session(folder: Path | str) -> Session:
    """Index a session folder; no recording is read yet.

    Names of folders and endings of files may be in any case. A folder within a session, its
    metadata file, or a folder around one session alone stand for the session.

    Raises
    ------
    FileFormatError
        When the folder is missing, is an archive or another file, or holds no TRC below
        MarkerData.
    """
    folder = session_folder(Path(folder))
    base = child(folder, "MarkerData")
    paths = _visible(base, "*.trc")
    if not paths:
        named = named_in_archive(folder)
        raise FileFormatError(
            f"{named} is no OpenCap session: it has no .trc file below MarkerData{_instead(base)}"
        )
    files = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
    described = next((files[name] for name in _METADATA if name in files), None)
    metadata = {} if described is None else _read_yaml(described)
    recordings = tuple(_recording(path, base) for path in paths)
    subject = subject_of(metadata, "" if described is None else described.name)
    return Session(folder, subject, metadata, recordings)


def _instead(base: Path) -> str:
    """Recordings of other kinds below MarkerData, for a message."""
    others = [path.name for path in _visible(base, "*") if _OTHER_RECORDING.search(path.name)]
    return (
        f", only {listed(others, 3)}: convert them, or name one with --keypoints" if others else ""
    )


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
    version = (stage or "").partition("_")[2]
    return Recording(_trial_of(path), content, variant, path, version)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _age_of_version(path: Path) -> list[int]:
    stages = [part for part in path.parts if part.startswith(_STAGES)]
    return [-number for stage in stages for number in _numbers(stage)]


def _visible(folder: Path, pattern: str) -> list[Path]:
    """Files below a folder whose names fit in any case, without macOS's shadows (``._a.trc``)."""
    return sorted(
        path
        for path in folder.rglob("*")
        if fnmatchcase(path.name.casefold(), pattern) and not path.name.startswith(".")
    )


def _of_variant(
    paths: Mapping[Path, tuple[str, ...]], variant: str, variants: Iterable[str]
) -> list[Path]:
    """Those of the paths whose folders name the variant, else those whose folders name none."""
    wanted = set(PurePosixPath(variant).parts)
    told = {part for name in variants for part in PurePosixPath(name).parts}
    own = [path for path, parts in paths.items() if wanted and wanted <= set(parts)]
    return own or [path for path, parts in paths.items() if not told & set(parts)]


def _has_augmented_markers(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            # without the zero bytes of UTF-16
            return b"_study" in file.read(16384).replace(b"\0", b"")
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error


def _trial_of(path: Path) -> str:
    return re.sub(r"(_LSTM|_videoAndMocap)+$", "", path.stem)


def is_static(trial: str) -> bool:
    """Whether a trial of this name is one for scaling."""
    return trial.lower().startswith(("neutral", "static"))


def _read_yaml(path: Path) -> dict[str, Any]:
    return parse_yaml(read_text(path), path.name)
