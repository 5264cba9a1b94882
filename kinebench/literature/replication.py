"""A study repeated: the authors' procedure and kinebench's own on the same trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kinebench.comparison import FilePair, GroupRow, PairResult, Procedure, compare_pair
from kinebench.comparison.groups import ALL_ANGLES, ALL_TRANSLATIONS, group_rows_of
from kinebench.errors import KinebenchError, ValueRangeError
from kinebench.literature.published import (
    ACTIVITIES,
    ALL_TRIALS,
    ANGLES,
    LARGEST,
    SMALLEST,
    TRANSLATIONS,
    PublishedFigure,
    Study,
)
from kinebench.literature.trials import TrialPairs
from kinebench.metrics import Exclusion
from kinebench.remarks import collected_remarks, each_once, reason_of, unheard
from kinebench.statistics import Interval


class Step(NamedTuple):
    """A figure after one more decision is the authors'.

    Parameters
    ----------
    decision : str
    value : float
        rad or m.
    """

    decision: str
    value: float


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: as published, and as two procedures give it on the trials at hand.

    Parameters
    ----------
    activity, of : str
        As in `PublishedFigure`.
    unit : {"rad", "m"}
    published : PublishedFigure, optional
    authors : float
        The authors' procedure.
    default : float
        Kinebench's default procedure, over the same coordinates.
    interval : Interval
        95 %, of the default.
    steps : tuple of Step
        From the default to the authors' procedure, one decision after the other.
    n_subjects, n_trials : int
    reasons : tuple of str
        Why the figure is not to be compared with the published one; empty where nothing is known
        that forbids it.
    """

    activity: str
    of: str
    unit: str
    published: PublishedFigure | None
    authors: float
    default: float
    interval: Interval
    steps: tuple[Step, ...]
    n_subjects: int
    n_trials: int
    reasons: tuple[str, ...]

    @property
    def distance(self) -> float | None:
        """The authors' procedure here minus what they print, rad or m."""
        return None if self.published is None else self.authors - self.published.value


@dataclass(frozen=True, slots=True)
class Replication:
    """A study repeated on the trials at hand.

    Parameters
    ----------
    study : Study
    trials : TrialPairs
    rows : tuple of Row
    metric, default_metric : str
        Of the authors' procedure, and of kinebench's default.
    left_out : tuple of Exclusion
        Trials that do not count, with the reason.
    remarks : tuple of str
    """

    study: Study
    trials: TrialPairs
    rows: tuple[Row, ...]
    metric: str
    default_metric: str
    left_out: tuple[Exclusion, ...]
    remarks: tuple[str, ...]


class _Quantity(NamedTuple):
    value: float
    unit: str
    interval: Interval
    n_subjects: int
    n_trials: int


_Quantities = Mapping[tuple[str, str], _Quantity]


def replicate(
    of: Study, trials: TrialPairs, show: Callable[[str], None] = lambda text: None
) -> Replication:
    """Score the trials by the authors' procedure and by kinebench's default.

    The default takes the same coordinates, so that both are of one thing; what else differs is
    changed one decision after the other: the metric, what is taken as independent, and clock and
    offsets.

    Parameters
    ----------
    of : Study
    trials : TrialPairs
    show : callable
        Is told what is under way.

    Raises
    ------
    KinebenchError
        No trial can be scored.
    """
    theirs = of.procedure
    ours = Procedure(coordinates=theirs.coordinates, all_must_exist=False)
    metric = replace(ours, headline=theirs.headline)
    pooled = replace(metric, pooling=theirs.pooling)
    with collected_remarks() as told:
        scored, left_out = _scored(trials.pairs, ours, show)
        again, failed = _scored(trials.pairs, theirs, show)
    stages = [("kinebench's default", _by_activity(scored, trials, ours))]
    if metric != ours:
        decision = f"{theirs.headline} instead of {ours.headline}"
        stages.append((decision, _by_activity(scored, trials, metric)))
    decision = f"pooling {theirs.pooling} instead of {ours.pooling}"
    stages.append((decision, _by_activity(scored, trials, pooled)))
    stages.append(("clock and offsets as the authors", _by_activity(again, trials, theirs)))
    excluded = (*trials.left_out, *dict.fromkeys((*left_out, *failed)))
    rows = tuple(_rows(of, trials, stages))
    remarks = each_once((*told, *(r for result in (*scored, *again) for r in result.remarks)))
    return Replication(
        of, trials, rows, theirs.headline, ours.headline, excluded, tuple(map(str, remarks))
    )


def _scored(
    pairs: Sequence[FilePair], how: Procedure, show: Callable[[str], None]
) -> tuple[list[PairResult], list[Exclusion]]:
    results, left_out = [], []
    for number, pair in enumerate(pairs, start=1):
        show(f"{how.name}: trial {number} of {len(pairs)}, {pair.subject}/{pair.trial}")
        try:
            results.append(compare_pair(pair, how, other_policies=False))
        except KinebenchError as error:
            if len(pairs) == 1:
                raise
            left_out.append(Exclusion(f"{pair.subject}/{pair.trial}", reason_of(error)))
    if not results:
        first = left_out[0]
        raise ValueRangeError(
            f"none of {len(pairs)} trials can be scored; the first, {first.item}: {first.reason}"
        )
    return results, left_out


def _by_activity(
    results: Iterable[PairResult], trials: TrialPairs, how: Procedure
) -> dict[tuple[str, str], _Quantity]:
    """Quantities by activity and what they are of."""
    found: dict[str, list[PairResult]] = {}
    for result in results:
        found.setdefault(ALL_TRIALS, []).append(result)
        own = _group(trials.activities[result.subject, result.trial])
        if own is not None:
            found.setdefault(own, []).append(result)
    with unheard():  # few subjects: the counts are printed beside every figure
        return {
            (activity, of): quantity
            for activity in (*ACTIVITIES, ALL_TRIALS)
            if activity in found
            for of, quantity in _quantities(group_rows_of(found[activity], how), how)
        }


def _group(activity: str) -> str | None:
    """The study's activity that a trial belongs to, by how its name begins."""
    return next((name for name, start in ACTIVITIES.items() if activity.startswith(start)), None)


def _quantities(rows: Sequence[GroupRow], how: Procedure) -> Iterator[tuple[str, _Quantity]]:
    own = {row.item: row for row in rows if row.metric == how.headline}
    for of, item in ((ANGLES, ALL_ANGLES), (TRANSLATIONS, ALL_TRANSLATIONS)):
        if item in own:
            yield of, _quantity([own[item]])
    names = dict.fromkeys(how.coordinates or ())
    sides: dict[str, list[GroupRow]] = {}
    for name in names:
        if name in own:
            sides.setdefault(name.removesuffix("_r").removesuffix("_l"), []).append(own[name])
    coordinates = {name: _quantity(both) for name, both in sides.items()}
    angles = [quantity for quantity in coordinates.values() if quantity.unit == "rad"]
    if angles:
        yield SMALLEST, min(angles, key=lambda quantity: quantity.value)
        yield LARGEST, max(angles, key=lambda quantity: quantity.value)
    yield from coordinates.items()


def _quantity(rows: Sequence[GroupRow]) -> _Quantity:
    """Of one row, or the mean of both sides; of two there is no interval of its own."""
    summaries = [row.figure.summary for row in rows]
    # both sides weigh as many trials as they have
    n = [summary.n_values for summary in summaries]
    value = sum(s.mean * k for s, k in zip(summaries, n, strict=True)) / sum(n)
    interval = rows[0].figure.interval
    return _Quantity(
        value,
        rows[0].unit,
        interval if len(rows) == 1 else Interval(float("nan"), float("nan"), interval.level),
        max(summary.n_subjects for summary in summaries),
        max(summary.n_trials for summary in summaries),
    )


def _rows(
    of: Study, trials: TrialPairs, stages: Sequence[tuple[str, _Quantities]]
) -> Iterator[Row]:
    first, last = stages[0][1], stages[-1][1]
    for key, ours in first.items():
        if key not in last:
            continue
        activity, what = key
        published = of.figure(activity, what)
        per_coordinate = what not in (ANGLES, TRANSLATIONS, SMALLEST, LARGEST)
        if published is None and per_coordinate and activity != ALL_TRIALS:
            continue
        yield Row(
            activity,
            what,
            ours.unit,
            published,
            last[key].value,
            ours.value,
            ours.interval,
            tuple(Step(decision, found[key].value) for decision, found in stages),
            last[key].n_subjects,
            last[key].n_trials,
            tuple(_reasons(of, trials, activity, last[key])),
        )


def _reasons(of: Study, trials: TrialPairs, activity: str, found: _Quantity) -> Iterator[str]:
    """Why a figure is not to be compared with the published one."""
    if found.n_subjects != of.subjects:
        yield f"{found.n_subjects} of {of.subjects} subjects"
    expected = of.subjects * sum(
        count
        for name, count in trials.holdings.card.trials
        if activity in (ALL_TRIALS, _group(name))
    )
    if found.n_trials != expected:
        yield f"{found.n_trials} of {expected} trials"
    if trials.own:
        yield f"the estimates are those of {trials.estimate}, not the study's"
    elif not of.estimate:
        yield f"the study's estimates ({of.augmenter}) are not in the data set"
    elif trials.estimate != of.estimate:
        yield f"the estimates are of {trials.estimate}, the study's of {of.estimate}"
