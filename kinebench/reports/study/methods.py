"""Methods, ready for a paper: design, pipeline, errors, statistics, versions, works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kinebench.core.environment import environment
from kinebench.core.provenance import describe
from kinebench.core.stages import title_of
from kinebench.pipeline.pipeline import Pipeline
from kinebench.reports.blocks import Block, Details, Heading, References, Section, TableBlock, Text
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.wording import counted, joined
from kinebench.reports.study.works import works_cited
from kinebench.reports.tables import Table
from kinebench.reports.units import readable_unit
from kinebench.studies.analysis.scores import LEG_ANGLES, Measure, measures_of

_LONGEST = 80


def methods_section(parts: Sequence[StudyPart]) -> Section:
    """Text to copy, settings to look up, works to cite."""
    blocks: list[Block] = []
    for part in parts:
        if len(parts) > 1:
            blocks.append(Heading(part.title))
        blocks.append(Text(_design(part)))
        if part.study.runs_own:
            blocks.append(Text(_pipeline(part.study.base)))
            blocks.append(Details("All settings of the pipeline", (_settings(part),)))
        else:
            blocks.append(Text("No pipeline of kinebench's was run: all motions are others'."))
    if len(parts) > 1:
        blocks.append(Heading("Errors and statistics"))
    measure = measures_of(parts[0].study.judged.name)[0]
    angles = joined([angle.replace("_", " ") for angle in LEG_ANGLES])
    blocks += [
        Text(
            "Error is estimate minus reference on one clock, without alignment. The"
            f" {measure.noun} of a run is the {_in_words(measure)} of each angle over the frames"
            f" ({measure.row.source}), left and right averaged, then averaged over {angles}, as far"
            " as the reference has them. Each level is compared with the first of its factor in"
            " each activity, the other factors at their first levels, by the mean paired difference"
            " over subjects, with Student's 95 % interval (Student 1908), and p adjusted by Holm's"
            " method for the levels and activities of the factor (Holm 1979). Several trials of a"
            " subject in one activity are averaged first. Only trials that were done at every"
            f" level of a factor count for it.{_equivalence(parts)} Interactions are departures of"
            " the mean at a pair of levels from the sum of both factors' effects."
        ),
        Details("The metrics", (_metrics(parts),)),
        Text(f"Computed with {_environments(parts)}."),
        Heading("References"),
        References(works_cited(parts)),
    ]
    return Section("Methods", tuple(blocks))


def _equivalence(parts: Sequence[StudyPart]) -> str:
    margins = {part.study.margin for part in parts} - {None}
    if not margins:
        return ""
    unit = readable_unit(measures_of(parts[0].study.judged.name)[0].unit)
    stated = joined([f"± {margin:g}{unit}" for margin in sorted(m for m in margins if m)])
    return (
        f" A level is called equivalent to the first when two one-sided tests (Schuirmann 1987) at"
        f" 5 %, adjusted in the same way, show a change within {stated}; the margin stands in the"
        " study file."
    )


def _in_words(measure: Measure) -> str:
    return "root mean square error" if measure.metric == "rmse" else measure.label


def _metrics(parts: Sequence[StudyPart]) -> TableBlock:
    """What the catalogue says of each metric that was computed."""
    names = dict.fromkeys(name for part in parts for name in part.study.metrics)
    measures = [Measure(name) for name in names]
    rows = tuple(
        (m.metric, m.row.title, readable_unit(m.unit) or "1", m.row.direction, m.row.source)
        for m in measures
    )
    header = ("metric", "title", "unit for angles", "direction", "source")
    return TableBlock(
        Table(header, rows, n_labels=5), "Metrics of results.csv, which has them in SI units"
    )


def _design(part: StudyPart) -> str:
    study = part.study
    n_subjects = len({source.subject for source in study.sources})
    activities = joined(sorted({source.activity for source in study.sources}))
    evidence = joined(sorted({source.evidence for source in study.sources}))
    factors = "; ".join(
        f"{factor.name} ({', '.join(level.label for level in factor.levels)})"
        for factor in study.factors
    )
    return (
        f"{counted(len(study.sources), 'trial')} ({evidence}) of {counted(n_subjects, 'subject')}"
        f" ({activities}) went through every combination of the levels of"
        f" {counted(len(study.factors), 'factor')}: {factors};"
        f" {counted(len(part.outcomes), 'run')} in all. {part.note}".strip()
    )


def _pipeline(base: Pipeline) -> str:
    cleaned = f"cleaned by {', '.join(map(title_of, base.clean))}" if base.clean else "not filtered"
    predicted = f"predicted by {title_of(base.augment)}" if base.augment.gives else "not predicted"
    return (
        f"Where a factor does not say otherwise, keypoints were {cleaned}, anatomical markers were"
        f" {predicted}, the model {base.generic.name} was scaled by {title_of(base.scale)}, and"
        f" joint angles were computed by {title_of(base.solve)}."
    )


def _settings(part: StudyPart) -> TableBlock:
    rows = tuple(_flat("", describe(part.study.base)))
    return TableBlock(
        Table(("setting", "value"), rows, n_labels=2),
        f"The pipeline that the factors vary, {part.title}; SI units where none is named",
    )


def _flat(path: str, value: Any) -> list[tuple[str, str]]:
    """Rows of a plain description; what is long is cut, and whole in the manifest."""
    if isinstance(value, dict):
        return [
            row
            for key, item in value.items()
            for row in _flat(f"{path}.{key}" if path else str(key), item)
        ]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [row for i, item in enumerate(value) for row in _flat(f"{path}[{i}]", item)]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return [(path, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")]


def _environments(parts: Sequence[StudyPart]) -> str:
    """Each environment once; this process's own where no store tells."""
    several = [one for part in parts for one in part.computed_with] or [environment()]
    in_words = (", ".join(f"{name} {value}" for name, value in one.items()) for one in several)
    return "; and with ".join(dict.fromkeys(in_words))
