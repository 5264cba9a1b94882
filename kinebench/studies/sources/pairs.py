"""Pairs of motion files as a study: trials with references, and methods as whole pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kinebench.comparison.pairs import FilePair, pairs_from_csv
from kinebench.comparison.trial_kinds import trial_kind
from kinebench.core.keypoints import OPENCAP_20
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import FileFormatError, NotApplicableError
from kinebench.io.mot import read_motion
from kinebench.pipeline.under_test.names import NameMap
from kinebench.pipeline.under_test.ready_files import motion_from
from kinebench.studies.changes import ESTIMATE
from kinebench.studies.design import Factor, Level
from kinebench.studies.evidence import EvidenceKind

FACTOR = "method"
_ONE_METHOD = "estimate"


@dataclass(frozen=True, slots=True)
class PairSource:
    """A trial of which motions are all there is.

    Parameters
    ----------
    subject, name : str
    reference : Motion
    """

    subject: str
    name: str
    reference: Motion

    @property
    def activity(self) -> str:
        """The kind of trial that the name says: "squat" of "squats1"."""
        return trial_kind(self.name)

    @property
    def evidence(self) -> EvidenceKind:
        """What the trials are: keypoints of real recordings."""
        return EvidenceKind.REAL_KEYPOINTS

    def __call__(self, choices: Mapping[str, Any]) -> Trial:
        """The trial; of its keypoints nothing is known, which no method of a list looks at."""
        if choices:
            raise NotApplicableError(f"pairs of files have no keypoints: {', '.join(choices)}")
        times = self.reference.times
        unknown = np.full((len(times), len(OPENCAP_20), 3), np.nan)
        return Trial(
            self.name,
            Subject(70.0, 1.75, self.subject),
            Markers(OPENCAP_20, times, unknown),
            activity=self.activity,
            reference_motion=self.reference,
        )


@dataclass(frozen=True, slots=True)
class PairedFiles:
    """A method: its file of each trial.

    Parameters
    ----------
    method : str
    pairs : tuple of FilePair
    """

    method: str
    pairs: tuple[FilePair, ...]

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"method": self.method}

    @property
    def sources(self) -> tuple[Path, ...]:
        return tuple(pair.estimate for pair in self.pairs)

    def __call__(self, trial: Trial) -> Motion:
        """The motion of the trial, on the reference's clock."""
        key = trial.subject.identifier, trial.name
        pair = next((one for one in self.pairs if (one.subject, one.trial) == key), None)
        if pair is None:
            raise NotApplicableError(f"the list has no {'/'.join(key)} by {self.method}")
        found = motion_from(pair.estimate, trial, NameMap())
        return replace(found, times=found.times - pair.lag_s) if pair.lag_s else found


def paired_study(path: Path) -> tuple[tuple[PairSource, ...], Factor]:
    """Trials and the factor of methods of a CSV, as `kinebench compare --pairs` reads it.

    Parameters
    ----------
    path : Path
        Columns reference, estimate, and perhaps subject, trial, method, lag_s. The first method
        is the baseline of the others.

    Raises
    ------
    FileFormatError
        The CSV, or a reference, cannot be read; a trial has two references.
    """
    pairs = pairs_from_csv(path).pairs
    references: dict[tuple[str, str], Path] = {}
    for pair in pairs:
        known = references.setdefault((pair.subject, pair.trial), pair.reference)
        if known.resolve() != pair.reference.resolve():
            raise FileFormatError(
                f"{path.name}: {pair.subject}/{pair.trial} has two references, {known.name} and"
                f" {pair.reference.name}: what methods are held against must be one"
            )
    sources = tuple(
        PairSource(subject, trial, read_motion(file))
        for (subject, trial), file in references.items()
    )
    methods = dict.fromkeys(pair.method for pair in pairs)
    levels = tuple(
        Level(name or _ONE_METHOD, PairedFiles(
            name or _ONE_METHOD, tuple(pair for pair in pairs if pair.method == name)
        ))
        for name in methods
    )  # fmt: skip
    return sources, Factor(FACTOR, ESTIMATE, levels)
