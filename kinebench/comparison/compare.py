"""One pair, or many, through a procedure."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kinebench.alignment import (
    AlignmentRecord,
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
from kinebench.alignment.records import Recording
from kinebench.comparison.pairs import FilePair
from kinebench.comparison.procedure import Procedure
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.errors import (
    FileFormatError,
    KinebenchError,
    KinebenchWarning,
    ValueRangeError,
    require_names,
)
from kinebench.io.sto import read_motion
from kinebench.io.trc import read_trc
from kinebench.metrics import Evaluation, Exclusion, evaluate_markers, evaluate_motion
from kinebench.metrics.landmarks import side_of
from kinebench.statistics import GroupFigure, Observations, group_figure

__all__ = ["Comparison", "PairResult", "compare_pair", "compare_pairs", "compare_recordings"]

_SEED = 20221020
MARKER_HEADLINE = "distance_mean"
_TRANSLATIONS = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


@dataclass(frozen=True, slots=True)
class PairResult:
    """What came out of one pair.

    Parameters
    ----------
    subject, trial : str
    reference, estimate : Motion or Markers
        Aligned, as they were scored.
    evaluation : Evaluation
    alignment : AlignmentRecord
    sensitivity : tuple of Shifted
        The headline metric per item, at the lag and beside it.
    policies : mapping of str to PolicyResult
        The headline metric per item under the other policies.
    warnings : tuple of str
    """

    subject: str
    trial: str
    reference: Motion | Markers
    estimate: Motion | Markers
    evaluation: Evaluation
    alignment: AlignmentRecord
    sensitivity: tuple[Shifted[dict[str, float]], ...]
    policies: Mapping[str, PolicyResult[dict[str, float]]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All pairs, and what they say together.

    Parameters
    ----------
    procedure : Procedure
    pairs : tuple of PairResult
    excluded : tuple of Exclusion
        Pairs that could not be compared, with the reason.
    groups : mapping of str to mapping of str to GroupFigure
        Item, then metric; only when there are several pairs.
    """

    procedure: Procedure
    pairs: tuple[PairResult, ...]
    excluded: tuple[Exclusion, ...]
    groups: Mapping[str, Mapping[str, GroupFigure]]

    @property
    def n_subjects(self) -> int:
        return len({pair.subject for pair in self.pairs})

    def headline_of(self, pair: PairResult) -> str:
        """The metric that stands for a pair: of motions or of markers."""
        return self.procedure.headline if isinstance(pair.reference, Motion) else MARKER_HEADLINE


def compare_pairs(
    pairs: Sequence[FilePair],
    how: Procedure,
    markers: Mapping[str, str] | None = None,
    metrics: Iterable[str] | None = None,
) -> Comparison:
    """Compare files; a pair that fails is excluded with its reason, unless it is the only one.

    Parameters
    ----------
    pairs : sequence of FilePair
    how : Procedure
    markers : mapping of str to str, optional
        For TRC: the reference's marker name to the estimate's.
    metrics : iterable of str, optional
        Metrics that get group figures; the headline, bias and offset-removed RMSE by default.
    """
    results, excluded = [], []
    for pair in pairs:
        try:
            results.append(compare_pair(pair, how, markers))
        except KinebenchError as error:
            if len(pairs) == 1:
                raise
            excluded.append(Exclusion(f"{pair.subject}/{pair.trial}", str(error)))
    if not results:
        raise ValueRangeError(
            f"none of {len(pairs)} pairs can be compared; the first, {excluded[0].item}:"
            f" {excluded[0].reason}"
        )
    groups = {}
    if len(results) > 1:
        wanted = tuple(metrics or ("bias", how.headline, "offset_removed_rmse"))
        groups = _groups(results, tuple(dict.fromkeys(wanted)), how.pooling)
    return Comparison(how, tuple(results), tuple(excluded), groups)


def compare_pair(
    pair: FilePair, how: Procedure, markers: Mapping[str, str] | None = None
) -> PairResult:
    """Read one pair of files and compare them.

    Raises
    ------
    FileFormatError
        When a file cannot be read, or one is TRC and the other is not.
    """
    if pair.lag_s is not None:
        how = replace(how, time=GivenLag(pair.lag_s))
    endings = {path.suffix.lower() == ".trc" for path in (pair.reference, pair.estimate)}
    if len(endings) > 1:
        raise FileFormatError(
            f"{pair.reference.name} and {pair.estimate.name} are of different kinds:"
            " compare two motions (.mot, .sto) or two TRC files"
        )
    if endings == {False}:
        one, other = read_motion(pair.reference), read_motion(pair.estimate)
        return compare_recordings(one, other, how, pair.subject, pair.trial)
    recorded, estimated = read_trc(pair.reference), read_trc(pair.estimate)
    reference, estimate = _matched(recorded, estimated, markers)
    return compare_recordings(reference, estimate, how, pair.subject, pair.trial)


def compare_recordings(
    reference: Recording,
    estimate: Recording,
    how: Procedure,
    subject: str = "subject",
    trial: str = "trial",
) -> PairResult:
    """Compare two motions, or two recordings of markers with equal names.

    Raises
    ------
    AlignmentError
        When they cannot be aligned.
    ValueRangeError
        When nothing is left to score.
    """

    def prepare(one: Recording, other: Recording) -> tuple[Recording, Recording]:
        one, other = _within(one, how.window_s), _within(other, how.window_s)
        return _without_offset(one, other) if how.remove_translation_offset else (one, other)

    def headline(one: Recording, other: Recording) -> dict[str, float]:
        names = [how.headline] if isinstance(one, Motion) else None
        found = _evaluate(*prepare(one, other), how, names)
        return found.values(how.headline if isinstance(one, Motion) else MARKER_HEADLINE)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", KinebenchWarning)
        aligned = align(reference, estimate, how.time, how.space)
        one, other = prepare(aligned.reference, aligned.estimate)
        evaluation = _evaluate(one, other, how, None)
    with warnings.catch_warnings():
        # what is undefined was told once, above
        warnings.simplefilter("ignore", KinebenchWarning)
        shifted = _sensitivity(reference, estimate, headline, aligned.record.lag_s)
        policies = compare_policies(reference, estimate, headline, _other_policies(how), how.space)
    texts = [str(item.message) for item in caught if issubclass(item.category, KinebenchWarning)]
    told = tuple(dict.fromkeys(texts))
    return PairResult(
        subject, trial, one, other, evaluation, aligned.record, shifted, policies, told
    )


def _matched(
    reference: Markers, estimate: Markers, names: Mapping[str, str] | None
) -> tuple[Markers, Markers]:
    """Markers that both have, by the reference's names."""
    pairs = dict(names or {})
    require_names(pairs.values(), estimate.names, "marker", "the estimate")
    require_names(pairs, reference.names, "marker", "the reference")
    if not pairs:
        pairs = {name: name for name in reference.names if name in estimate.names}
    if not pairs:
        raise ValueRangeError(
            f"reference and estimate share no marker: the first has"
            f" {', '.join(reference.names[:4])}, …, the second {', '.join(estimate.names[:4])}, …;"
            " name pairs with --match REFERENCE=ESTIMATE"
        )
    chosen = estimate.select(pairs.values())
    return reference.select(pairs), replace(chosen, names=tuple(pairs))


def _within(recording: Recording, window_s: tuple[float, float] | None) -> Recording:
    if window_s is None:
        return recording
    start, end = window_s
    inside = np.flatnonzero((recording.times >= start - 1e-9) & (recording.times <= end + 1e-9))
    if len(inside) < 2:
        raise ValueRangeError(
            f"fewer than two common frames lie between {start:g} and {end:g} s; the common part"
            f" is {recording.times[0]:g} to {recording.times[-1]:g} s"
        )
    return recording.at_frames(inside)


def _without_offset(reference: Recording, estimate: Recording) -> tuple[Recording, Recording]:
    if not isinstance(reference, Motion) or not isinstance(estimate, Motion):
        return reference, estimate
    values = estimate.values.copy()
    for name in _TRANSLATIONS:
        if name in reference.names and name in estimate.names:
            error = estimate.value(name) - reference.value(name)
            values[:, estimate.names.index(name)] -= np.nanmean(error)
    return reference, replace(estimate, values=values)


def _evaluate(
    reference: Recording, estimate: Recording, how: Procedure, metrics: list[str] | None
) -> Evaluation:
    if isinstance(reference, Markers) and isinstance(estimate, Markers):
        wanted = how.coordinates or reference.names
        return evaluate_markers(reference.select(wanted), estimate.select(wanted))
    assert isinstance(reference, Motion)
    assert isinstance(estimate, Motion)
    left_out: tuple[Exclusion, ...] = ()
    if how.coordinates is not None:
        asked = set(how.coordinates)
        names = tuple(dict.fromkeys((*reference.names, *estimate.names)))
        if how.name == "default":
            require_names(how.coordinates, names, "coordinate", "the pair")
        left_out = tuple(Exclusion(name, "not asked for") for name in names if name not in asked)
        reference = reference.select(name for name in reference.names if name in asked)
        estimate = estimate.select(name for name in estimate.names if name in asked)
    found = evaluate_motion(reference, estimate, metrics)
    return replace(found, excluded=found.excluded + left_out)


def _sensitivity(
    reference: Recording,
    estimate: Recording,
    headline: Callable[[Recording, Recording], dict[str, float]],
    lag_s: float,
) -> tuple[Shifted[dict[str, float]], ...]:
    """Empty when a shift leaves no overlap."""
    try:
        return sensitivity(reference, estimate, headline, lag_s)
    except KinebenchError:
        return ()


def _other_policies(how: Procedure) -> tuple[NoAlignment | SignalLag | MinimiseLag, ...]:
    policies = (NoAlignment(), SignalLag(), MinimiseLag())
    return tuple(policy for policy in policies if policy.policy != how.time.policy)


def _groups(
    results: Sequence[PairResult], metrics: tuple[str, ...], pooling: str
) -> dict[str, dict[str, GroupFigure]]:
    """Group figures per item, pooled over trials and subjects."""
    items = dict.fromkeys(item for result in results for item in result.evaluation.items)
    groups: dict[str, dict[str, GroupFigure]] = {}
    for item in items:
        for metric in metrics:
            found = [
                (result.evaluation.values(metric)[item], result.subject, result.trial)
                for result in results
                if metric in result.evaluation.metrics and item in result.evaluation.values(metric)
            ]
            if not np.isfinite([value for value, _, _ in found]).any():
                continue
            values, subjects, trials = zip(*found, strict=True)
            side = {"right": "r", "left": "l"}.get(side_of(item), "")
            stem = item.removesuffix(f"_{side}") if side else item
            observations = Observations(
                np.array(values), subjects, trials, (stem,) * len(found), (side,) * len(found)
            )
            figure = group_figure(observations, seed=_SEED, pooling=pooling, n_resamples=1999)
            groups.setdefault(item, {})[metric] = figure
    return groups
