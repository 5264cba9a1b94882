"""Several methods against one reference: on the same trials, coordinates and subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kinebench.comparison.asked import PARTS, is_summary, part_of
from kinebench.comparison.compare import compare_pairs
from kinebench.comparison.pairs import FoundPairs
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.results import Comparison, PairResult
from kinebench.comparison.trial_kinds import require_one_kind, trial_kind
from kinebench.core.arrays import FloatArray, read_only
from kinebench.core.motion import Kind
from kinebench.core.value import Value
from kinebench.errors import KinebenchError, ValueRangeError, require_names
from kinebench.metrics import Exclusion
from kinebench.remarks import reason_of
from kinebench.statistics.ranking import (
    PairedDifference,
    RankedMethod,
    all_paired_differences,
    ranked,
)

_ALPHA = 0.05
_Family = tuple[PairedDifference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MethodScores(Value):
    """The headline metric of one item, per subject and method.

    Parameters
    ----------
    item : str
        A group of coordinates, or a coordinate.
    unit : str
    values : (n_subjects, n_methods) rad or m
        Repetitions averaged per trial, trials per subject.
    members : tuple of str
        The coordinates that a group's figure is the mean of.
    """

    item: str
    unit: str
    values: FloatArray
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values, self.values.shape, "values"))


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """Methods against one reference.

    Parameters
    ----------
    methods : mapping of str to Comparison
        By name; each with all of its own trials.
    metric : str
        The headline metric.
    group : str
        The group of the headline.
    subjects : tuple of str
    trials : tuple of (str, str)
        Subject and trial of those that every method has: only these count below.
    groups, coordinates : tuple of MethodScores
        Over coordinates that every method has.
    headline, differences : tuple of PairedDifference
        Of the headline's group, and of the coordinates: each one family of tests.
    other_groups : tuple of PairedDifference
        Of the other groups, a family of their own.
    ranking : tuple of RankedMethod
        By the headline's group.
    excluded : tuple of Exclusion
        Methods, trials and coordinates that do not count, with the reason.
    """

    methods: Mapping[str, Comparison]
    metric: str
    group: str
    subjects: tuple[str, ...]
    trials: tuple[tuple[str, str], ...]
    groups: tuple[MethodScores, ...]
    coordinates: tuple[MethodScores, ...]
    headline: tuple[PairedDifference, ...]
    other_groups: tuple[PairedDifference, ...]
    differences: tuple[PairedDifference, ...]
    ranking: tuple[RankedMethod, ...]
    excluded: tuple[Exclusion, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the methods."""
        return tuple(self.methods)

    def scores_of_group(self, group: str) -> MethodScores:
        """The scores of a group that is there."""
        return next(one for one in self.groups if one.item == group)

    def ranking_of(self, scores: MethodScores) -> tuple[RankedMethod, ...]:
        """Methods by the item of these scores, from the family of tests that it belongs to."""
        families = (self.headline, self.other_groups, self.differences)
        own = next((f for f in families if any(one.item == scores.item for one in f)), ())
        return ranked(scores.item, scores.values, self.names, own, alpha=_ALPHA)


def compare_methods(
    methods: Mapping[str, FoundPairs],
    how: Procedure,
    markers: Mapping[str, str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> MethodComparison:
    """Compare each method with the reference, and the methods with one another.

    Parameters
    ----------
    methods : mapping of str to FoundPairs
        Two or more; a trial is known by subject and trial.
    how : Procedure
        Its group is that of the headline; legs, or the first group that there is.
    markers, kinds
        As of `compare_pairs`.

    Raises
    ------
    NameNotFoundError
        When no coordinate belongs to the group that is asked for.
    ValueRangeError
        When fewer than two methods can be compared, or they share no trial or no coordinate;
        or their trials are of several kinds, and the procedure does not pool them.
    """
    if not how.pool_kinds:
        found = (pair for one in methods.values() for pair in one.pairs)
        require_one_kind(trial_kind(pair.trial, pair.activity) for pair in found)
    compared, left_out = _each(methods, how, markers, kinds)
    results = {
        name: {(pair.subject, pair.trial): pair for pair in comparison.pairs}
        for name, comparison in compared.items()
    }
    trials = [
        key for key in next(iter(results.values())) if all(key in r for r in results.values())
    ]
    if not trials:
        raise ValueRangeError(
            f"the methods {', '.join(results)} share no trial: differences would not be paired"
        )
    left_out += _not_shared(results, trials)
    left_out += [
        Exclusion(f"{one.item} by {name}", one.reason)
        for name, comparison in compared.items()
        for one in comparison.excluded
    ]
    first = next(iter(compared.values()))
    metric = first.headline_of(first.pairs[0])
    shared = {name: [own[key] for key in trials] for name, own in results.items()}
    units, lacking = _shared_items(shared, metric)
    left_out += lacking
    subjects = tuple(dict.fromkeys(subject for subject, _ in trials))
    coordinates = tuple(_scores(item, unit, [item], shared, metric) for item, unit in units.items())
    groups = tuple(_group_scores(units, shared, metric))
    if not groups:
        raise ValueRangeError("no coordinate that all methods have belongs to a part of the body")
    names = tuple(one.item for one in groups)
    if how.group is not None:
        require_names([how.group], names, "group", "the coordinates that all methods have")
    chosen = how.group or ("legs" if "legs" in names else names[0])
    families = _families(groups, coordinates, chosen, tuple(compared))
    headline = next(one for one in groups if one.item == chosen)
    ranking = ranked(chosen, headline.values, tuple(compared), families[0], alpha=_ALPHA)
    return MethodComparison(
        compared,
        metric,
        chosen,
        subjects,
        tuple(trials),
        groups,
        coordinates,
        *families,
        ranking,
        tuple(left_out),
    )


def method_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """A name for each path: the file's or folder's, with as many folders before as tell them apart.

    Raises
    ------
    ValueRangeError
        When a path is named twice.
    """
    whole = [path.resolve() for path in paths]
    if len(set(whole)) < len(whole):
        raise ValueRangeError("a method is named twice: give each its own file or folder")
    parts = [(*path.parent.parts, path.name if path.is_dir() else path.stem) for path in whole]
    for n in range(1, max(map(len, parts)) + 1):
        names = tuple("/".join(own[-n:]) for own in parts)
        if len(set(names)) == len(names):
            return names
    return tuple(str(path) for path in paths)  # they differ by their endings alone


def _each(
    methods: Mapping[str, FoundPairs],
    how: Procedure,
    markers: Mapping[str, str] | None,
    kinds: Mapping[str, Kind] | None,
) -> tuple[dict[str, Comparison], list[Exclusion]]:
    compared, failed = {}, []
    for name, found in methods.items():
        try:
            compared[name] = compare_pairs(found.pairs, how, markers, found.excluded, kinds)
        except KinebenchError as error:
            failed.append(Exclusion(f"method {name}", reason_of(error)))
    if len(compared) < 2:
        reasons = "; ".join(f"{item}: {reason}" for item, reason in failed)
        raise ValueRangeError(
            f"{len(compared)} of {len(methods)} methods can be compared, it takes two"
            + (f"; {reasons}" if reasons else "")
        )
    return compared, failed


def _not_shared(
    results: Mapping[str, Mapping[tuple[str, str], PairResult]], trials: Sequence[tuple[str, str]]
) -> list[Exclusion]:
    every = dict.fromkeys(key for own in results.values() for key in own)
    return [
        Exclusion(
            "/".join(key),
            f"not of every method: {', '.join(n for n in results if key in results[n])}",
        )
        for key in every
        if key not in set(trials)
    ]


def _shared_items(
    shared: Mapping[str, Sequence[PairResult]], metric: str
) -> tuple[dict[str, str], list[Exclusion]]:
    """Units of the items that every method has in every shared trial; and the others."""
    units: dict[str, str] = {}
    counts: dict[str, int] = {}
    for results in shared.values():
        for result in results:
            # a result without a figure of an item, or with an undefined one, does not have it
            for item in result.mean_values(metric):
                counts[item] = counts.get(item, 0) + 1
            for figure in result.evaluation.figures:
                if figure.metric == metric and not is_summary(figure.item):
                    units.setdefault(figure.item, figure.unit)
    n = sum(len(results) for results in shared.values())
    kept = {item: unit for item, unit in units.items() if counts.get(item) == n}
    if not kept:
        raise ValueRangeError("the methods share no coordinate that is scored in every trial")
    lacking = [
        Exclusion(item, "not scored for every method in every trial that they share")
        for item in units
        if item not in kept
    ]
    return kept, lacking


def _scores(
    item: str,
    unit: str,
    members: Sequence[str],
    shared: Mapping[str, Sequence[PairResult]],
    metric: str,
) -> MethodScores:
    columns = []
    for results in shared.values():
        by_subject: dict[str, list[float]] = {}
        for result in results:
            own = result.mean_values(metric)
            value = float(np.mean([own[name] for name in members]))
            by_subject.setdefault(result.subject, []).append(value)
        columns.append([float(np.mean(values)) for values in by_subject.values()])
    return MethodScores(item, unit, np.array(columns).T, tuple(members))


def _group_scores(
    units: Mapping[str, str], shared: Mapping[str, Sequence[PairResult]], metric: str
) -> Iterable[MethodScores]:
    kind = next(iter(shared.values()))[0].evaluation.kind
    members: dict[str, list[str]] = {}
    for item, unit in units.items():
        group = part_of(item, unit, kind)
        if group:
            members.setdefault(group, []).append(item)
    for group in PARTS:
        if group in members:
            yield _scores(group, units[members[group][0]], members[group], shared, metric)


def _families(
    groups: Sequence[MethodScores],
    coordinates: Sequence[MethodScores],
    chosen: str,
    methods: Sequence[str],
) -> tuple[_Family, _Family, _Family]:
    """Tests of the headline, of the other groups, of the coordinates."""
    chosen_scores: list[MethodScores] = []
    others: list[MethodScores] = []
    for one in groups:
        (chosen_scores if one.item == chosen else others).append(one)
    first, second, third = (
        all_paired_differences([(one.item, one.values) for one in family], methods)
        for family in (chosen_scores, others, coordinates)
    )
    return first, second, third
