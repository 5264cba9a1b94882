"""One pair, or many, through a procedure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kinebench.alignment import (
    GivenLag,
    MinimiseLag,
    NoAlignment,
    PolicyResult,
    Shifted,
    SignalLag,
    align,
    compare_policies,
    sensitivity,
)
from kinebench.alignment.records import Aligned, Recording
from kinebench.comparison.by_index import IndexResampling
from kinebench.comparison.error_bars import standard_error_at, standard_error_beside
from kinebench.comparison.groups import group_rows_of
from kinebench.comparison.intervals import ScoredInterval, scored_intervals
from kinebench.comparison.lowest_error import time_policy
from kinebench.comparison.marker_slips import marker_slips
from kinebench.comparison.motion_pairs import read_pair
from kinebench.comparison.pairs import FilePair
from kinebench.comparison.procedure import Procedure
from kinebench.comparison.results import Comparison, PairResult, RepetitionResult
from kinebench.comparison.scoring import headline_values, prepared, scored, within
from kinebench.comparison.slips import slips
from kinebench.comparison.units import other_units, rates_apart, require_common_clock
from kinebench.core.marker_regions import side_of
from kinebench.core.markers import Markers
from kinebench.core.motion import Kind, Motion
from kinebench.core.names import shared_names
from kinebench.errors import (
    FileFormatError,
    KinebenchError,
    NotApplicableError,
    ValueRangeError,
    listed,
    require_names,
)
from kinebench.io.trc import read_trc
from kinebench.metrics import Evaluation, Exclusion
from kinebench.remarks import (
    Remark,
    collected_remarks,
    each_once,
    hand_on,
    reason_of,
    tell,
    unheard,
)

_FEW = 30  # up to so many pairs the other policies are tried as well: the search for a lag is slow


def compare_pairs(
    pairs: Sequence[FilePair],
    how: Procedure,
    markers: Mapping[str, str] | None = None,
    excluded: Iterable[Exclusion] = (),
    kinds: Mapping[str, Kind] | None = None,
) -> Comparison:
    """Compare files; a pair that fails is excluded with its reason, unless it is the only one.

    Parameters
    ----------
    pairs : sequence of FilePair
        Of more than 30 the result does not tell what other policies would give.
    how : Procedure
    markers : mapping of str to str, optional
        For TRC: the reference's marker name to the estimate's.
    excluded : iterable of Exclusion
        What was left out before, for the record.
    kinds : mapping of str to {"rotational", "translational"}, optional
        Coordinates of the model that the motions belong to, as `model_kinds` gives them.

    Raises
    ------
    KinebenchError
        No pair can be compared.
    """
    results, left_out = [], list(excluded)
    failed: list[str] = []
    for pair in pairs:
        try:
            results.append(compare_pair(pair, how, markers, len(pairs) <= _FEW, kinds))
        except KinebenchError as error:
            if len(pairs) == 1:
                raise
            reason = reason_of(error)
            failed.append(f"{pair.subject}/{pair.trial}: {reason}")
            left_out.append(Exclusion(f"{pair.subject}/{pair.trial}", reason))
    if not results:
        first = failed[0] if failed else "there is none"
        raise ValueRangeError(f"none of {len(pairs)} pairs can be compared; the first, {first}")
    return comparison_of(results, how, left_out)


def comparison_of(
    results: Sequence[PairResult], how: Procedure, excluded: Iterable[Exclusion] = ()
) -> Comparison:
    """What pairs say together, with group figures where there are several.

    Of several kinds of trials each has its own group figures, unless the procedure pools them.

    Raises
    ------
    ValueRangeError
        Some are of motions and some of markers.
    """
    left_out = tuple(excluded)
    if len(results) == 1:
        return Comparison(how, tuple(results), left_out)
    scored_kinds = {result.evaluation.kind for result in results}
    if len(scored_kinds) > 1:
        raise ValueRangeError("the pairs mix motions and markers: compare them in two runs")
    by_kind: dict[str, list[PairResult]] = {}
    for result in results:
        by_kind.setdefault(result.trial_kind, []).append(result)
    if len(by_kind) > 1 and not how.pool_kinds:
        parts = {kind: comparison_of(by_kind[kind], how) for kind in sorted(by_kind)}
        return Comparison(how, tuple(results), left_out, parts=parts)
    with collected_remarks() as told:
        groups = group_rows_of(results, how)
    return Comparison(how, tuple(results), left_out, groups, tuple(told))


def compare_pair(
    pair: FilePair,
    how: Procedure,
    markers: Mapping[str, str] | None = None,
    other_policies: bool = True,
    kinds: Mapping[str, Kind] | None = None,
) -> PairResult:
    """Read one pair of files and compare them, as `compare_recordings` does.

    With `kinds`, the coordinates of a model, nothing else in a motion file is a coordinate.

    Raises
    ------
    FileFormatError
        When a file cannot be read, or one is TRC and the other is not.
    ValueRangeError
        As `compare_recordings`, and when markers are named and these are motions.
    """
    if pair.lag_s is not None:
        how = replace(how, time=GivenLag(pair.lag_s))
    endings = {path.suffix.lower() == ".trc" for path in (pair.reference, pair.estimate)}
    if len(endings) > 1:
        raise FileFormatError(
            f"{pair.reference.name} and {pair.estimate.name} are of different kinds:"
            " compare two motions (.mot, .sto) or two TRC files"
        )
    if markers and endings == {False}:
        raise ValueRangeError(
            f"pairs of marker names are for recordings of markers (TRC), and"
            f" {pair.reference.name} is a motion: leave --match out"
        )
    with collected_remarks() as told:
        if pair.event_markers is not None and how.events is None:
            tell(
                "event markers",
                f"{pair.event_markers.name} is not read: no events are asked for (--events)",
                severity="note",
            )
            pair = replace(pair, event_markers=None)
        feet = None if pair.event_markers is None else read_trc(pair.event_markers)
        if endings == {False}:
            one, other, left_out = read_pair(pair.reference, pair.estimate, kinds)
            result = compare_recordings(
                one, other, how, pair.subject, pair.trial, feet, other_policies, left_out
            )
            result = _with_error_bars(result, pair, how)
        else:
            seen = _matched(read_trc(pair.reference), read_trc(pair.estimate), markers)
            result = compare_recordings(*seen, how, pair.subject, pair.trial, feet, other_policies)
    return replace(result, remarks=each_once((*told, *result.remarks)), activity=pair.activity)


def _with_error_bars(result: PairResult, pair: FilePair, how: Procedure) -> PairResult:
    """With the standard errors that lie beside the estimate, when both keep their clocks."""
    bars = standard_error_beside(pair.estimate)
    if bars is None or isinstance(how.time, IndexResampling):
        return result
    assert isinstance(result.estimate, Motion)
    placed = standard_error_at(bars, result.estimate, result.alignment.lag_s)
    return replace(result, standard_error=placed)


def compare_recordings(
    reference: Recording,
    estimate: Recording,
    how: Procedure,
    subject: str = "subject",
    trial: str = "trial",
    event_markers: Markers | None = None,
    other_policies: bool = True,
    left_out: Mapping[str, str] | None = None,
) -> PairResult:
    """Compare two motions, or two recordings of markers with equal names.

    Parameters
    ----------
    reference, estimate : Motion or Markers
    how : Procedure
    subject, trial : str
    event_markers : Markers, optional
        On the reference's clock, for events that a motion does not show.
    other_policies : bool
        Whether to tell what the other alignment policies would give.
    left_out : mapping of str to str, optional
        What is not to be scored, with the reason.

    Raises
    ------
    AlignmentError
        When they cannot be aligned.
    NotApplicableError
        When the procedure is of other recordings.
    ValueRangeError
        When a clock is not in seconds, most angles are in two units, nothing is left to score, or
        there is no repetition.
    """
    if not isinstance(how.time, IndexResampling):
        require_common_clock(reference, estimate)
    left_out = dict(left_out or {})
    if isinstance(reference, Motion) and isinstance(estimate, Motion):
        left_out |= other_units(reference, estimate)
    _require_applicable(reference, estimate, how)
    _require_scorable(left_out, how)
    reference, estimate = _without(reference, left_out), _without(estimate, left_out)
    with collected_remarks() as told:
        aligned = _aligned(reference, estimate, how)
        one, other = prepared(aligned.reference, aligned.estimate, how)
        hand_on(*rates_apart(reference, estimate), *_slips(one, other))
        evaluation = scored(one, other, how)
        intervals: tuple[ScoredInterval, ...] = ()
        if how.events is not None:
            intervals = scored_intervals(
                how.events, reference, event_markers, trial, how.walking_direction
            )
    with unheard():
        # what is undefined was told once, above
        repetitions, excluded = _repetitions(one, other, how, intervals)
        shifted = _sensitivity(reference, estimate, how, aligned.record.lag_s)
        policies = _policies(reference, estimate, how) if other_policies else {}
    unscored = tuple(Exclusion(name, reason) for name, reason in left_out.items())
    return PairResult(
        subject,
        trial,
        one,
        other,
        replace(evaluation, excluded=unscored + evaluation.excluded),
        aligned.record,
        repetitions,
        excluded,
        shifted,
        policies,
        tuple(told),
    )


def _require_applicable(reference: Recording, estimate: Recording, how: Procedure) -> None:
    """A preset that is of other recordings says so, before anything is aligned."""
    if how.of_motions and isinstance(reference, Markers):
        raise NotApplicableError(
            f"the procedure {how.name} is of joint angles, .mot or .sto, and these are markers; the"
            " default procedure compares both"
        )
    if how.coordinates is None or how.all_must_exist:
        return
    both = shared_names(reference.names, estimate.names)
    if not shared_names(both, how.coordinates):
        raise NotApplicableError(
            f"the procedure {how.name} scores {listed(how.coordinates, 4)}; both recordings have"
            f" {listed(both, 6) or 'nothing in common'}"
        )


def _slips(one: Recording, other: Recording) -> Iterator[Remark]:
    if isinstance(one, Motion) and isinstance(other, Motion):
        yield from slips(one, other)
    elif isinstance(one, Markers) and isinstance(other, Markers):
        yield from marker_slips(one, other)


def _require_scorable(left_out: Mapping[str, str], how: Procedure) -> None:
    for name in how.coordinates or ():
        if name in left_out and how.all_must_exist:
            raise ValueRangeError(f"{name} cannot be scored: {left_out[name]}")


def _without(recording: Recording, left_out: Mapping[str, str]) -> Recording:
    kept = [name for name in recording.names if name not in left_out]
    return recording if len(kept) == len(recording.names) else recording.select(kept)


def _matched(
    reference: Markers, estimate: Markers, names: Mapping[str, str] | None
) -> tuple[Markers, Markers]:
    """Markers that both have, by the reference's names."""
    pairs = dict(names or {})
    require_names(pairs.values(), estimate.names, "marker", "the estimate")
    require_names(pairs, reference.names, "marker", "the reference")
    if not pairs:
        pairs = {name: name for name in shared_names(reference.names, estimate.names)}
        if not pairs:
            raise ValueRangeError(
                "reference and estimate share no marker: the first has"
                f" {', '.join(reference.names[:4])}, …, the second"
                f" {', '.join(estimate.names[:4])}, …; name pairs with --match REFERENCE=ESTIMATE"
            )
        return reference, estimate
    chosen = estimate.select(pairs.values())
    return reference.select(pairs), replace(chosen, names=tuple(pairs))


def _aligned(reference: Recording, estimate: Recording, how: Procedure) -> Aligned[Recording]:
    if isinstance(how.time, IndexResampling):
        return how.time(reference, estimate)
    return align(reference, estimate, time_policy(how.time, how), how.space)


def _repetitions(
    reference: Recording,
    estimate: Recording,
    how: Procedure,
    intervals: Sequence[ScoredInterval],
) -> tuple[tuple[RepetitionResult, ...], tuple[Exclusion, ...]]:
    """Figures of the intervals that lie within the common part."""
    found, excluded = [], []
    for interval in intervals:
        start, end = float(reference.times[0]), float(reference.times[-1])
        slack = 0.5 * (end - start) / max(1, reference.n_frames - 1)
        if interval.start_s < start - slack or interval.end_s > end + slack:
            reason = (
                f"{interval.start_s:g} to {interval.end_s:g} s is not all within the common part,"
                f" {start:g} to {end:g} s"
            )
            excluded.append(Exclusion(interval.name, reason))
            continue
        try:
            one = within(reference, interval.start_s, interval.end_s)
            other = within(estimate, interval.start_s, interval.end_s)
            evaluation = _one_side(scored(one, other, how), interval.side)
        except KinebenchError as error:
            excluded.append(Exclusion(interval.name, str(error)))
            continue
        found.append(RepetitionResult(interval, evaluation))
    if intervals and not found:
        raise ValueRangeError(
            f"no repetition can be scored; {excluded[0].item}: {excluded[0].reason}"
        )
    return tuple(found), tuple(excluded)


def _one_side(evaluation: Evaluation, side: str) -> Evaluation:
    """Figures without the other leg's, and without the midline's on the left: counted once."""
    if not side:
        return evaluation
    kept = {"right", "midline"} if side == "right" else {"left"}
    figures = tuple(figure for figure in evaluation.figures if side_of(figure.item) in kept)
    return replace(evaluation, figures=figures)


def _sensitivity(
    reference: Recording, estimate: Recording, how: Procedure, lag_s: float
) -> tuple[Shifted[dict[str, float]], ...]:
    time = how.time
    if isinstance(time, IndexResampling):
        return ()  # a shift in seconds means nothing to sample numbers

    def measure(one: Recording, other: Recording) -> dict[str, float]:
        if how.space is not None and isinstance(one, Markers) and isinstance(other, Markers):
            moved, _ = how.space(one, other)
            return headline_values(one, moved, how)
        return headline_values(one, other, how)

    try:
        return sensitivity(reference, estimate, measure, lag_s, interpolation=time.interpolation)
    except KinebenchError:
        return ()


def _policies(
    reference: Recording, estimate: Recording, how: Procedure
) -> Mapping[str, PolicyResult[dict[str, float]]]:
    others = (NoAlignment(), SignalLag(), MinimiseLag())
    chosen = [time_policy(each, how) for each in others if each.policy != how.time.policy]
    return compare_policies(
        reference, estimate, lambda one, other: headline_values(one, other, how), chosen, how.space
    )
