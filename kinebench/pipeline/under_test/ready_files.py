"""Motions that an earlier step wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, UnderTestError
from kinebench.io.mot import read_motion
from kinebench.pipeline.under_test.names import NameMap
from kinebench.pipeline.under_test.python_callable import checked_motion


@dataclass(frozen=True, slots=True)
class ReadyFiles:
    """A folder with one ``.mot`` or ``.sto`` per trial, named as `file_name` says.

    Parameters
    ----------
    folder : Path
    names : NameMap
    """

    folder: Path
    names: NameMap = field(default_factory=NameMap)

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"files": self.folder.name}

    @property
    def sources(self) -> tuple[Path, ...]:
        return tuple(sorted(p for e in (".mot", ".sto") for p in self.folder.glob(f"*{e}")))

    def __call__(self, trial: Trial) -> Motion:
        """The motion of the trial's file, in our names."""
        stem = file_name(trial.name)
        for path in (self.folder / f"{stem}{ending}" for ending in (".mot", ".sto")):
            if path.is_file():
                return motion_from(path, trial, self.names)
        there = ", ".join(sorted(path.name for path in self.folder.glob("*.mot"))[:8])
        raise UnderTestError(
            f"{self.folder.name} has no {stem}.mot; it has: {there or 'no .mot files'}"
        )


def file_name(trial: str) -> str:
    """Name of a trial's files, without ending: letters, digits, points and hyphens stay."""
    return re.sub(r"[^\w.-]+", "_", trial)


def motion_from(path: Path, trial: Trial, names: NameMap) -> Motion:
    """The motion of a file, in our names; what cannot be read is a failure of its maker."""
    reference = trial.reference_motion
    known = () if reference is None else reference.coordinates
    kinds = {coordinate.name: coordinate.kind for coordinate in known}
    kinds |= {theirs: kinds[ours] for theirs, ours in names.coordinates.items() if ours in kinds}
    try:
        motion = read_motion(path, kinds or None)
    except KinebenchError as error:
        raise UnderTestError(str(error)) from error
    return names(
        checked_motion(motion, trial, path.name), tuple(coordinate.name for coordinate in known)
    )
