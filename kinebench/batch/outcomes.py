"""What became of each trial of a batch, and the table of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from kinebench.core.body_groups import group_means

Status = Literal["done", "kept", "failed"]

SCALED = ("here", "session's")
"""Whose scaled model a motion was found with: the one scaled in this run, or the one that the
session holds. The second takes scaling out of the distance."""

_FOUND_A_FAULT, _NOTHING_RUN = 1, 3


class Distance(NamedTuple):
    """How far a motion is from the session's own.

    Parameters
    ----------
    scaled : one of SCALED
    coordinate, metric : str
    value : float
        Ours − the session's.
    unit : str
        "rad" or "m".
    n : int
        Frames.
    """

    scaled: str
    coordinate: str
    metric: str
    value: float
    unit: str
    n: int


class OutcomeFile(NamedTuple):
    """A file that was read or written.

    Parameters
    ----------
    name : str
        From the session's folder on, or from that of all results.
    changed : str
        The day on which it was changed last, UTC; of a file in an archive the archive's; empty
        when it is no longer there.
    sha256 : str
    """

    name: str
    changed: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a trial.

    Parameters
    ----------
    subject, session, trial : str
    status : {"done", "kept", "failed"}
        Run now, there already from the same files and pipeline, or not run.
    reason : str
        Why it failed.
    folder : str
        Of its results, within that of all.
    results : mapping
        ``results`` of run.json.
    light : str
        Of the checks of quality.
    distances : tuple of Distance
        From the session's own motion; empty when it has none.
    not_compared : str
        Why there are none.
    files : tuple of OutcomeFile
        What was read and written.
    """

    subject: str
    session: str
    trial: str
    status: Status
    reason: str = ""
    folder: str = ""
    results: Mapping[str, Any] | None = None
    light: str = ""
    distances: tuple[Distance, ...] = ()
    not_compared: str = ""
    files: tuple[OutcomeFile, ...] = ()

    def group_means(self, scaled: str, metric: str = "rmse") -> dict[str, float]:
        """Mean distance over the coordinates of each part of the body, rad, translations m."""
        own = [one for one in self.distances if (one.scaled, one.metric) == (scaled, metric)]
        return group_means(
            {one.coordinate: one.value for one in own}, {one.coordinate: one.unit for one in own}
        )


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 when all trials have results, 1 when any failed, 3 when there was none."""
    if not outcomes:
        return _NOTHING_RUN
    return _FOUND_A_FAULT if any(one.status == "failed" for one in outcomes) else 0


def tidy_rows(outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """One row per figure, ° and mm; of a trial that failed one row with the reason.

    Column ``of`` says what a figure is of: the trial, a coordinate, or the mean over the
    coordinates of a part of the body.
    """
    for outcome in outcomes:
        who = {
            "subject": outcome.subject,
            "session": outcome.session,
            "trial": outcome.trial,
            "status": outcome.status,
            "light": outcome.light,
            "scaled": "",
        }
        if outcome.results is None:
            yield _row(who, "trial", "", "", "", "", "", outcome.reason)
            continue
        for metric, value, unit in _of_trial(outcome.results):
            frames = outcome.results["frames"]
            yield _row(who, "trial", "", metric, value, unit, frames, outcome.not_compared)
        yield from _distance_rows(who, outcome)


def _distance_rows(who: Mapping[str, Any], outcome: Outcome) -> Iterator[dict[str, Any]]:
    for one in outcome.distances:
        value, unit = _readable(one.value, one.unit)
        row = {**who, "scaled": one.scaled}
        yield _row(row, "coordinate", one.coordinate, one.metric, value, unit, one.n)
    for scaled in SCALED:
        for group, mean in outcome.group_means(scaled).items():
            value, unit = _readable(mean, "m" if group == "translations" else "rad")
            n = outcome.results["frames"] if outcome.results else ""
            yield _row({**who, "scaled": scaled}, "group", group, "rmse", value, unit, n)


def _row(
    who: Mapping[str, Any],
    of: str,
    item: str,
    metric: str,
    value: Any,
    unit: str,
    n: Any,
    reason: str = "",
) -> dict[str, Any]:
    figure = {"of": of, "item": item, "metric": metric, "value": value, "unit": unit, "n": n}
    return {**who, **figure, "reason": reason}


def _of_trial(results: Mapping[str, Any]) -> Iterator[tuple[str, float, str]]:
    errors = results["marker_error_rms_mm"]
    yield "marker_error_rms_mean", errors["mean"], "mm"
    yield "marker_error_rms_max", errors["max"], "mm"
    if results["static"]:
        yield "static_marker_error_rms", results["static"]["marker_error_rms_mm"], "mm"
    yield "frames_not_converged", results["frames_not_converged"], "1"


def _readable(value: float, unit: str) -> tuple[float, str]:
    return (value * 1e3, "mm") if unit == "m" else (value * 57.29577951308232, "°")
