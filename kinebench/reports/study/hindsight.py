"""Choices made in advance beside the best that hindsight would have made."""

from __future__ import annotations

from collections.abc import Sequence

from kinebench.reports.blocks import Details, FigureBlock, Flat, Section, TableBlock, Text
from kinebench.reports.figures.intervals import interval_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.study.activities import for_each_activity, said_of
from kinebench.reports.study.effects import activities_of
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.wording import counted, signed, signed_estimate
from kinebench.reports.tables import Table
from kinebench.reports.units import bracketed, headed, readable, readable_interval, triple_of
from kinebench.studies.analysis.hindsight import Hindsight, hindsight_of
from kinebench.studies.analysis.scores import Score, measures_of, scores_of
from kinebench.studies.design import Factor


def hindsight_section(
    title: str, part: StudyPart, factor: str, candidates: Sequence[str], split: str
) -> Section:
    """Regret of every level, and which candidate would have been best how often.

    Parameters
    ----------
    title : str
    part : StudyPart
    factor : str
        Whose levels are judged.
    candidates : sequence of str
        Levels among which hindsight chooses anew for every trial.
    split : str
        A label, such as another factor or "activity", by which the best candidate is counted.
    """
    judged = next(f for f in part.study.factors if f.name == factor)
    scores = scores_of(part.outcomes, part.study.judged.name)
    unit = measures_of(part.study.judged.name)[0].unit
    each = {
        name: hindsight_of(judged, [s for s in scores if s.labels["activity"] == name], candidates)
        for name in activities_of(scores)
    }
    found = {name: one for name, one in each.items() if one.regrets}
    if not found:
        return Section(title, (Text("No trial was done at every level."),))
    what = (
        f"Regret is how much worse the {part.study.judged.title} of a level is than the best of"
        f" {len(candidates)} candidates ({candidates[0]} to {candidates[-1]}), chosen for every"
        " recording with the truth at hand"
    )
    leads = (
        Text(said_of(name, found, _finding(one, factor, unit)), lead=True)
        for name, one in found.items()
    )
    counts = TableBlock(
        _counts(judged, scores, candidates, split),
        f"How often each candidate was the best, by {split}",
    )
    blocks = for_each_activity(found, lambda name: _blocks(found[name], what, factor, unit, name))
    return Section(title, (*leads, *blocks, counts))


def _blocks(
    found: Hindsight, what: str, factor: str, unit: str, activity: str
) -> list[Flat | Details]:
    of = f"{counted(found.n_cells, 'recording')} of {counted(found.n_subjects, 'subject')}"
    return [
        Text(f"{what}: {of}."),
        _drawing(found, unit),
        TableBlock(_regrets(found, unit), f"Regret by {factor}, {activity}"),
    ]


def _finding(found: Hindsight, factor: str, unit: str) -> str:
    best = min(found.regrets, key=lambda regret: regret.mean)
    worst = max(found.regrets, key=lambda regret: regret.mean)
    return (
        f"Always taking '{best.level}' is {signed_estimate(best.mean, best.interval, unit, 3)}"
        f" from the best {factor} of each trial; the worst {factor}, '{worst.level}',"
        f" {signed(worst.mean, unit, 3)}."
    )


def _drawing(found: Hindsight, unit: str) -> FigureBlock:
    rows = [regret.level for regret in found.regrets]
    triples = [triple_of(r.mean, r.interval, unit) for r in found.regrets]
    drawn = interval_figure(rows, {"regret": triples}, bracketed("regret", unit))
    told = "; ".join(f"{r.level}: {signed(r.mean, unit, 3)}" for r in found.regrets)
    return FigureBlock(
        as_svg(drawn, page=True), "Regret of always choosing one level, with 95 % interval.", told
    )


def _regrets(found: Hindsight, unit: str) -> Table:
    ordered = sorted(found.regrets, key=lambda regret: regret.mean)
    rows = [
        (r.level, readable(r.mean, unit, 3), readable_interval(r.interval, unit, 3) or "—")
        for r in ordered
    ]
    return Table(("level", headed("regret", unit), "95 % interval"), tuple(rows), n_labels=1)


def _counts(
    factor: Factor, scores: Sequence[Score], candidates: Sequence[str], split: str
) -> Table:
    """Rows: values of the label; columns: candidates."""
    rows = []
    for value in dict.fromkeys(score.labels[split] for score in scores):
        own = [score for score in scores if score.labels[split] == value]
        found = dict(hindsight_of(factor, own, candidates).chosen)
        rows.append((value, *(str(found.get(name, 0)) for name in candidates)))
    return Table((split, *candidates), tuple(rows), n_labels=1)
