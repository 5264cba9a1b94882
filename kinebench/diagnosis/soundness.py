"""What speaks against a recording as such, before causes are looked for in it."""

from __future__ import annotations

from collections.abc import Iterator

from kinebench.core.trial import Trial
from kinebench.quality import assess_recording
from kinebench.remarks import Remark

_JUDGED_HERE = ("static trial", "static pose")  # with a probability, among the causes


def unsound(trial: Trial) -> Iterator[Remark]:
    """Checks of the recordings that are red: a cause found in such recordings means little."""
    found = assess_recording(trial.keypoints, trial.subject, trial.static)
    for finding in found.findings:
        if finding.severity == "red" and finding.check not in _JUDGED_HERE:
            yield Remark(
                finding.check,
                "warning",
                f"red: {finding.place}{finding.message}",
                finding.where,
                finding.spans_s,
                finding.advice,
                finding.recording,
            )
