"""The answer: a sentence for each factor, activity by activity, and a table; largest first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from kinebench.errors import listed
from kinebench.reports.blocks import Block, Section, TableBlock, Text
from kinebench.reports.study.effects import Change, Effect
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import change_in_words, counted, of_what, with_unit
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable, readable_estimate

_MOST_NAMED = 4  # factors
_MOST_ACTIVITIES = 6  # in a sentence; the table has all
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
    cells: dict[tuple[str, str, str, str], dict[int, str]] = {}
    for scored in parts:
        for effect, change in _by_size(scored):
            key = (effect.factor, change.level, effect.baseline, effect.activity)
            contrast, unit = change.contrast, scored.measure.unit
            text = readable_estimate(contrast.mean, contrast.interval, unit, digits_of(unit))
            cells.setdefault(key, {})[scored.number] = text
    rows = tuple(
        (*key, *(found.get(scored.number, "—") for scored in parts)) for key, found in cells.items()
    )
    titles = (headed(one.part.title, one.measure.unit) for one in parts)
    header = ("factor", "level", "against", "activity", *titles)
    if not rows:
        return []
    shown = Table(header, rows[:_MOST_ROWS], n_labels=4)
    more = len(rows) - len(shown.rows)
    rest = f"; {counted(more, 'smaller one')} in the download" if more else ""
    caption = (
        f"Change of the {of_what(parts[0].measure)} by each level against the first of its factor,"
        f" the other factors at their first levels, with 95 % interval where there"
        f" is more than one subject{rest}"
    )
    return [TableBlock(shown, caption)]


def _by_size(scored: ScoredPart) -> list[tuple[Effect, Change]]:
    found = [(effect, change) for effect in scored.effects for change in effect.changes]
    return sorted(found, key=lambda pair: -abs(pair[1].contrast.mean))


def effects_table(parts: Sequence[ScoredPart]) -> Table:
    """Every level of every factor in every activity of every part, the largest change first."""
    several = len(parts) > 1
    measure = parts[0].measure
    change, interval, mean = (
        headed(what, measure.unit) for what in ("change", "95 % interval", measure.noun)
    )
    tested = any(scored.margin is not None for scored in parts)
    header = (
        "factor",
        "level",
        "against",
        "activity",
        change,
        interval,
        "p (Holm)",
        *(("p of equivalence",) if tested else ()),
        mean,
        "subjects",
    )
    rows: list[tuple[str, ...]] = []
    for scored in parts:
        where = (scored.part.title,) if several else ()
        rows += [
            (*where, *_row(effect, change, scored.measure.unit, tested))
            for effect, change in _by_size(scored)
        ]
    return Table((("on",) if several else ()) + header, tuple(rows), n_labels=4 + several)


def _row(effect: Effect, change: Change, unit: str, tested: bool) -> tuple[str, ...]:
    contrast, digits = change.contrast, digits_of(unit)
    ends = (contrast.interval.low, contrast.interval.high)
    low, high = (readable(end, unit, digits) for end in ends)
    known = low != "—"
    return (
        effect.factor,
        change.level,
        effect.baseline,
        effect.activity,
        readable(contrast.mean, unit, digits),
        f"{low} to {high}" if known else "—",
        _p_value(contrast.p_adjusted),
        *((_p_value(change.p_equivalent),) if tested else ()),
        readable(effect.means[change.level], unit, digits),
        str(effect.n_subjects),
    )


def _p_value(p: float) -> str:
    """Two digits; below 0.0001 their exact size tells the number of virtual subjects only."""
    if not math.isfinite(p):
        return "—"
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def _sentences(parts: Sequence[ScoredPart]) -> list[str]:
    first, *others = parts
    lead = [_key(effect) for effect in first.by_size[:_MOST_NAMED]]
    if not lead:
        return [f"{first.part.title}: there is nothing to compare."]
    what = f"the {first.measure.noun} of legs, pelvis and trunk"
    opening, *more = lead
    sentences = [
        f"{_who(first)}: {_in_words(first, *opening, what)}.",
        *(f"{text[:1].upper()}{text[1:]}." for text in _each_in_words(first, more)),
    ]
    others_in_words = (_counterpart(lead, scored) for scored in others)
    return [*sentences, *others_in_words, *_margin_in_words(first)]


def _margin_in_words(scored: ScoredPart) -> list[str]:
    if scored.margin is None:
        return []
    unit = scored.measure.unit
    margin = with_unit(scored.margin, unit, digits_of(unit))
    return [f"'Equivalent' says that two one-sided tests show a change of less than {margin}."]


def _counterpart(lead: Sequence[tuple[str, str]], scored: ScoredPart) -> str:
    """The leading effects again, where another part has the same factor and level; or its own."""
    same = _each_in_words(scored, lead)
    own = _each_in_words(scored, [_key(effect) for effect in scored.by_size[:2]])
    return f"{_who(scored)}: {'; '.join(same or own) or 'nothing to compare'}."


def _each_in_words(scored: ScoredPart, keys: Iterable[tuple[str, str]]) -> list[str]:
    return [text for key in keys if (text := _in_words(scored, *key))]


def _who(scored: ScoredPart) -> str:
    n = len({score.labels["subject"] for score in scored.scores})
    return f"{scored.part.title} ({counted(n, 'subject')})"


def _key(effect: Effect) -> tuple[str, str]:
    return effect.factor, effect.largest.level if effect.largest else ""


def _in_words(scored: ScoredPart, factor: str, level: str, what: str = "it") -> str:
    """What a level does, the activity in which it does most first; empty when it was not done."""
    found = scored.in_activities(factor, level)
    if not found:
        return ""
    unit = scored.measure.unit
    texts = [
        f"{change_in_words(change.contrast, unit, change.equivalent)} in {effect.activity}"
        f" (from {with_unit(effect.means[effect.baseline], unit, digits_of(unit))})"
        for effect, change in sorted(found, key=lambda pair: -abs(pair[1].contrast.mean))
    ]
    against = found[0][0].baseline
    return (
        f"{factor} '{level}' instead of '{against}' changes {what}"
        f" by {listed(texts, _MOST_ACTIVITIES)}"
    )
