"""The answer: two sentences and a table, largest effects first."""

from __future__ import annotations

from collections.abc import Sequence

from kinebench.reports.blocks import Block, Section, TableBlock, Text
from kinebench.reports.study.effects import Change, Effect
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import change_in_words, counted, joined, of_what, with_unit
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable, readable_estimate
from kinebench.studies.analysis.scores import Measure

__all__ = ["answer_section", "effects_table"]

_MOST_NAMED = 4
_MOST_ROWS = 12


def answer_section(question: str, parts: Sequence[ScoredPart]) -> Section:
    """Question, answer, and the effects of all parts beside each other."""
    blocks: list[Block] = [Text(question)]
    blocks += [Text(sentence, lead=True) for sentence in _sentences(parts)]
    if len(parts) > 1:
        blocks += _beside_each_other(parts)
    return Section("Question and answer", tuple(blocks))


def _beside_each_other(parts: Sequence[ScoredPart]) -> list[Block]:
    """One row per level, one column per part; the largest change of the first part on top."""
    cells: dict[tuple[str, str, str], dict[int, str]] = {}
    for scored in parts:
        for effect, change in _by_size(scored):
            key = (effect.factor, change.level, effect.baseline)
            contrast, unit = change.contrast, scored.measure.unit
            text = readable_estimate(contrast.mean, contrast.interval, unit, digits_of(unit))
            cells.setdefault(key, {})[scored.number] = text
    rows = tuple(
        (*key, *(found.get(scored.number, "—") for scored in parts)) for key, found in cells.items()
    )
    titles = (headed(one.part.title, one.measure.unit) for one in parts)
    header = ("factor", "level", "against", *titles)
    if not rows:
        return []
    shown = Table(header, rows[:_MOST_ROWS], n_labels=3)
    more = len(rows) - len(shown.rows)
    rest = f"; {counted(more, 'smaller one')} in the download" if more else ""
    caption = (
        f"Change of the {of_what(parts[0].measure)} by each level against the first of its factor,"
        f" with 95 % interval where there is more than one subject{rest}"
    )
    return [TableBlock(shown, caption)]


def _by_size(scored: ScoredPart) -> list[tuple[Effect, Change]]:
    found = [(effect, change) for effect in scored.effects for change in effect.changes]
    return sorted(found, key=lambda pair: -abs(pair[1].contrast.mean))


def effects_table(parts: Sequence[ScoredPart]) -> Table:
    """Every level of every factor of every part, the largest change first within its part."""
    several = len(parts) > 1
    measure = parts[0].measure
    change, interval, mean = (
        headed(what, measure.unit) for what in ("change", "95 % interval", measure.noun)
    )
    header = ("factor", "level", "against", change, interval, "p (Holm)", mean, "subjects")
    rows: list[tuple[str, ...]] = []
    for scored in parts:
        where = (scored.part.title,) if several else ()
        rows += [
            (*where, *_row(effect, change, scored.measure.unit))
            for effect, change in _by_size(scored)
        ]
    return Table((("on",) if several else ()) + header, tuple(rows), n_labels=3 + several)


def _row(effect: Effect, change: Change, unit: str) -> tuple[str, ...]:
    contrast, digits = change.contrast, digits_of(unit)
    ends = (contrast.interval.low, contrast.interval.high)
    low, high = (readable(end, unit, digits) for end in ends)
    known = low != "—"
    return (
        effect.factor,
        change.level,
        effect.baseline,
        readable(contrast.mean, unit, digits),
        f"{low} to {high}" if known else "—",
        f"{contrast.p_adjusted:.2g}" if known else "—",
        readable(effect.means[change.level], unit, digits),
        str(effect.n_subjects),
    )


def _sentences(parts: Sequence[ScoredPart]) -> list[str]:
    first, *others = parts
    lead = first.by_size
    if not lead:
        return [f"{first.part.title}: there is nothing to compare."]
    told = [_told(effect, effect.largest, first.measure) for effect in lead[:_MOST_NAMED]]
    n = counted(lead[0].n_subjects, "subject")
    sentences = [
        f"{first.part.title} ({n}): the {first.measure.noun} of legs, pelvis and trunk"
        f" changes by {joined(told)}."
    ]
    if others:
        sentences.append(_counterparts(lead, others))
    return sentences


def _counterparts(lead: Sequence[Effect], others: Sequence[ScoredPart]) -> str:
    """The leading effects again, where other parts have the same factor and level."""
    clauses = []
    for scored in others:
        same = [
            _told(effect, change, scored.measure)
            for leading in lead[:_MOST_NAMED]
            for effect in scored.effects
            for change in effect.changes
            if leading.largest and (effect.factor, change.level) == _key(leading)
        ]
        own = [_told(effect, effect.largest, scored.measure) for effect in scored.by_size[:2]]
        told = joined(same or own) or "nothing to compare"
        n = counted(max((e.n_subjects for e in scored.effects), default=0), "subject")
        clauses.append(f"{scored.part.title} ({n}): {told}")
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."


def _key(effect: Effect) -> tuple[str, str]:
    return effect.factor, effect.largest.level if effect.largest else ""


def _told(effect: Effect, change: Change | None, measure: Measure) -> str:
    if change is None:
        return ""
    unit = measure.unit
    return (
        f"{change_in_words(change.contrast, unit)} with {effect.factor} '{change.level}' instead of"
        f" '{effect.baseline}' ({with_unit(effect.means[effect.baseline], unit, digits_of(unit))})"
    )
