"""Motions of pipelines that are not ours, kept like the results of our own stages."""

from __future__ import annotations

from typing import Any

from kinebench.core.motion import Motion
from kinebench.core.provenance import digest, file_sha256
from kinebench.core.results import StageResult
from kinebench.core.trial import Trial
from kinebench.pipeline.memo import Memo
from kinebench.pipeline.under_test.protocol import UnderTest


def content_of(pipeline: UnderTest) -> tuple[Any, ...]:
    """What tells two pipelines apart, for a digest: settings, names, and their known files.

    Of a program, what it loads beyond the files that its command names is not known: after a
    change there, results that are kept are to be thrown away by hand.
    """
    files = [(path.name, file_sha256(path)) for path in pipeline.sources]
    names = getattr(pipeline, "names", None)
    return type(pipeline).__name__, dict(pipeline.parameters), names, files


def remembered_motion(pipeline: UnderTest, trial: Trial, memo: Memo) -> Motion:
    """The pipeline's motion of the trial; a failure is never kept."""
    key = digest("under test", content_of(pipeline), trial)
    motion: Motion = memo.remember(key, lambda: StageResult(pipeline(trial))).value
    return motion
