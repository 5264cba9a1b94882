"""What a reader must know beside the figures of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kinebench.comparison import Comparison, PairResult
from kinebench.comparison.asked import asked_mean
from kinebench.comparison.error_bars import share_within_band
from kinebench.comparison.trial_kinds import POOL_HINT, kinds_said
from kinebench.core.body_groups import TRANSLATIONS, group_means
from kinebench.errors import listed
from kinebench.metrics.marker_evaluation import ALL_MARKERS
from kinebench.remarks import Remark, each_once
from kinebench.reports.units import readable, readable_unit

_MOST_NAMED = 4
_MOST_REASONS = 2


def comparison_title(comparison: Comparison) -> str:
    """The trial, or how many trials of how many subjects."""
    n_pairs, n_subjects = len(comparison.pairs), comparison.n_subjects
    if n_pairs == 1:
        return comparison.pairs[0].trial
    return f"{n_pairs} trials of {n_subjects} subject{'s' if n_subjects > 1 else ''}"


def remarks(comparison: Comparison) -> list[str]:
    """Alignment, what was left out, doubts: a line each."""
    lines = []
    if len(comparison.pairs) == 1:
        lines += pair_remarks(comparison, comparison.pairs[0])
    else:
        lines += _flags(comparison)
    lines += kinds_remarks(comparison)
    lines += [f"left out: {excluded.item}: {excluded.reason}" for excluded in comparison.excluded]
    return lines + told_notes(comparison)


def told_notes(comparison: Comparison) -> list[str]:
    """What was told on the way, each fact once; figures without a value in one line of all."""
    told = [
        remark
        for pair in comparison.pairs
        for remark in pair.remarks
        if remark.code != "undefined figures"
    ]
    told += comparison.remarks
    told += [remark for part in comparison.parts.values() for remark in part.remarks]
    return _undefined_note(comparison) + notes(told)


def _undefined_note(comparison: Comparison) -> list[str]:
    """How many figures of which trials have no value; the page and JSON have every reason."""
    several = len(comparison.pairs) > 1
    counts = {
        f"{pair.subject}/{pair.trial}" if several else pair.trial: len(pair.evaluation.undefined)
        for pair in comparison.pairs
        if pair.evaluation.undefined
    }
    if not counts:
        return []
    trials = listed((f"{name} ({n})" for name, n in counts.items()), _MOST_NAMED)
    of = f", of {trials}" if several else ""
    total = sum(counts.values())
    reasons = listed(
        dict.fromkeys(one.reason for pair in comparison.pairs for one in pair.evaluation.undefined),
        _MOST_REASONS,
        between="; ",
    )
    text = (
        f"note: {total} figure{'s are' if total > 1 else ' is'} undefined (NaN){of}:"
        f" {reasons}; each stands in --report and --json"
    )
    alike = any(
        one.metric.endswith("_timing_error")
        for pair in comparison.pairs
        for one in pair.evaluation.undefined
    )
    if alike and comparison.procedure.events is None:
        text += "; --events scores repetitions one by one"
    return [text]


def kinds_remarks(comparison: Comparison) -> list[str]:
    """That several kinds of trials are shown apart, or were pooled; nothing of one kind."""
    if comparison.parts:
        return [f"{kinds_said(comparison.parts)}; shown apart; {POOL_HINT}"]
    if comparison.pooled_kinds and len(comparison.pairs) > 1:
        return [
            f"warning: {kinds_said(comparison.pooled_kinds)}; pooled as asked for: figures over"
            " subjects are means over unlike trials, and hold for none of them"
        ]
    return []


def kind_title(kind: str, part: Comparison) -> str:
    """As in ``gait: 4 trials of 2 subjects``."""
    return f"{kind}: {comparison_title(part)}"


def notes(told: Iterable[Remark]) -> list[str]:
    """A line for each fact that was told on the way."""
    return [f"note: {remark.text}" for remark in each_once(told)]


def procedure_remarks(comparison: Comparison) -> list[str]:
    """What a preset replicates, and how it differs; empty for the default."""
    how = comparison.procedure
    if not how.source:
        return []
    head = f"procedure {how.name} after {how.source}; it differs from the default:"
    return [head, *(f"  - {difference}" for difference in how.differs)]


def pair_remarks(comparison: Comparison, pair: PairResult) -> list[str]:
    """Alignment of one pair, what other lags would give, what is not scored."""
    record = pair.alignment
    lines = [
        f"alignment: {record.policy}, lag {_signed(record.lag_s)} s, {record.n_frames} of"
        f" {record.n_reference_frames} frames ({record.start_s:g} to {record.end_s:g} s)"
    ]
    lines += [
        f"warning: the alignment is {flag}" if is_doubt(flag) else f"alignment: {flag}"
        for flag in record.flags
    ]
    if record.spatial is not None:
        residual = readable(record.spatial.transform.rms, "m", 1)
        lines.append(f"alignment in space: residual {residual} mm RMS")
    metric = comparison.headline_of(pair)
    if record.policy == "minimise":
        asked = asked_mean(pair.evaluation, metric, comparison.procedure.group)
        lines.append(f"{metric} of {asked.of} at that lag: {_with_unit(asked.value, asked.unit)}")
    if pair.sensitivity:
        shown = "; ".join(
            f"{shift.label} {mean_text(pair, metric, shift.result)}" for shift in pair.sensitivity
        )
        lines.append(f"{metric} by lag: {shown}")
    for name, outcome in pair.policies.items():
        if outcome.record is None or outcome.result is None:
            lines.append(f"policy {name} would fail: {outcome.reason}")
        else:
            lines.append(
                f"policy {name} would give {mean_text(pair, metric, outcome.result)} at a lag of"
                f" {_signed(outcome.record.lag_s)} s"
                + "".join(f"; {flag}" for flag in outcome.record.flags if is_doubt(flag))
            )
    lines += _error_bars(pair)
    by_reason: dict[str, list[str]] = {}
    for item, reason in (*pair.evaluation.excluded, *pair.excluded):
        by_reason.setdefault(reason, []).append(item)
    lines += [f"not scored: {', '.join(items)}: {why}" for why, items in by_reason.items()]
    return lines


def _error_bars(pair: PairResult) -> list[str]:
    """Share of frames within the band that the estimate states, the worst coordinates first."""
    shares = share_within_band(pair)
    if not shares:
        return []
    mean = sum(shares.values()) / len(shares)
    worst = sorted(shares.items(), key=lambda item: item[1])
    named = ", ".join(f"{name} {100 * share:.0f} %" for name, share in worst[:_MOST_NAMED])
    return [
        f"within the estimate's own 95 % band: {100 * mean:.0f} % of frames in the mean over"
        f" {len(shares)} coordinates; least: {named}"
    ]


def mean_text(pair: PairResult, metric: str, values: dict[str, float]) -> str:
    """Means over the coordinates of each part of the body; of markers, over all of them.

    Where no coordinate belongs to a known part, over all angles and over all translations.
    """
    units = {
        figure.item: figure.unit for figure in pair.evaluation.figures if figure.metric == metric
    }
    if ALL_MARKERS in values:
        return _with_unit(values[ALL_MARKERS], units[ALL_MARKERS])
    known = {item: value for item, value in values.items() if item in units}
    parts = group_means(known, units)
    if parts.keys() - {TRANSLATIONS}:
        return ", ".join(
            f"{group} {_with_unit(mean, 'm' if group == TRANSLATIONS else 'rad')}"
            for group, mean in parts.items()
        )
    means = []
    for unit in dict.fromkeys(units.values()):
        own = [v for item, v in known.items() if units[item] == unit and math.isfinite(v)]
        if own:
            means.append(_with_unit(sum(own) / len(own), unit))
    return " and ".join(means) or "—"


def _with_unit(value: float, unit: str) -> str:
    return f"{readable(value, unit)} {readable_unit(unit)}".strip()


def is_doubt(flag: str) -> bool:
    """Whether a flag of an alignment says that its lag may be wrong."""
    return flag.startswith(("doubtful: ", "ambiguous: "))


def _flags(comparison: Comparison) -> list[str]:
    """Flags of alignment, each once, with the number of trials; doubts with the trials' names."""
    counts: dict[str, int] = {}
    doubted: dict[str, str] = {}
    for pair in comparison.pairs:
        for flag in pair.alignment.flags:
            if is_doubt(flag):
                doubted.setdefault(f"{pair.subject}/{pair.trial}", flag)
            else:
                counts[flag] = counts.get(flag, 0) + 1
    lines = [f"alignment: {flag} ({n} trials)" for flag, n in counts.items()]
    if doubted:
        first, flag = next(iter(doubted.items()))
        lines.append(
            f"warning: the lag is in doubt in {len(doubted)} of {len(comparison.pairs)} trials,"
            f" {listed(doubted, _MOST_NAMED)}; of {first}, {flag}"
        )
    for pair in comparison.pairs:
        for item, reason in pair.excluded:
            lines.append(f"left out: {pair.subject}/{pair.trial}, {item}: {reason}")
    return lines


def _signed(seconds: float) -> str:
    text = f"{seconds:+.4f}"
    return text.replace("-", "−")
