"""Tables to take away: files inside the page, kept small."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from typing import Any

from kinebench.core.names import file_stem
from kinebench.reports.blocks import Block, Download, Downloads, Section, Text
from kinebench.reports.study.answer import effects_table
from kinebench.reports.study.inputs import full_manifest
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.sides import side_figures
from kinebench.reports.tables import as_csv, as_latex
from kinebench.reports.units import readable_unit, scale_of
from kinebench.studies.analysis.results import result_table
from kinebench.studies.analysis.scores import Measure, measures_of, score_of

_LARGEST_PLAIN = 100_000
_LARGEST_RESULTS = 500_000
# results of more rows than this do not fit, so they are not even tried
_MOST_ROWS = 80_000
_ENDINGS = {"rad": "_deg", "rad/s": "_deg_per_s", "rad/s²": "_deg_per_s2", "1": ""}


def downloads_section(title: str, parts: Sequence[ScoredPart], command: str) -> Section:
    """Effects as CSV and LaTeX, means per run, sides, manifest, and all results when they fit."""
    stem = file_stem(title)
    files = [
        _file("effects of all levels, all digits", f"{stem}-effects.csv", _effects(parts)),
        _file(
            "the same as a LaTeX table",
            f"{stem}-effects.tex",
            as_latex(
                effects_table(parts), f"{title}: change of the {parts[0].measure.noun} by level."
            ),
        ),
        _file("mean error and status of every run", f"{stem}-runs.csv", _runs(parts)),
    ]
    sides = _sides(parts)
    if sides:
        files.append(_file("side drop and pelvis list by level", f"{stem}-sides.csv", sides))
    about = full_manifest(title, [one.part for one in parts], command)
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    files.append(_file("manifest: every setting and input", f"{stem}-manifest.json", text))
    results = [_results(stem, one, len(parts)) for one in parts]
    found = [file for file in results if file is not None]
    fits = sum(len(file.content) for file in found) < _LARGEST_RESULTS
    blocks: list[Block] = [Downloads((*files, *(found if fits else [])))]
    if not fits or len(found) < len(results):
        n = sum(len(outcome.figures) for one in parts for outcome in one.part.outcomes)
        blocks.append(
            Text(f"All {n} figures are in results.csv, which the study writes beside its report.")
        )
    return Section("Downloads", tuple(blocks))


def _file(label: str, name: str, text: str) -> Download:
    """Plain when small, compressed when not; the same bytes for the same text."""
    content = text.encode()
    if len(content) <= _LARGEST_PLAIN:
        return Download(label, name, content)
    return Download(f"{label}, compressed", f"{name}.gz", gzip.compress(content, mtime=0))


def _effects(parts: Sequence[ScoredPart]) -> str:
    return as_csv(
        {
            "on": scored.part.title,
            "factor": effect.factor,
            "level": change.level,
            "against": effect.baseline,
            "activity": effect.activity,
            **_in_unit(
                scored.measure,
                change=change.contrast.mean,
                low=change.contrast.interval.low,
                high=change.contrast.interval.high,
            ),
            "p": change.contrast.p,
            "p_holm": change.contrast.p_adjusted,
            "hedges_g": change.contrast.g.value,
            **_in_unit(scored.measure, mean_error=effect.means[change.level]),
            "n_subjects": effect.n_subjects,
        }
        for scored in parts
        for effect in scored.effects
        for change in effect.changes
    )


def _runs(parts: Sequence[ScoredPart]) -> str:
    rows: list[dict[str, Any]] = []
    for scored in parts:
        for outcome in scored.part.outcomes:
            metric = scored.measure.metric
            score = score_of(outcome.labels, outcome.figures, metric)
            errors: dict[str, Any] = {}
            for measure in measures_of(metric):
                errors |= _in_unit(measure, **{measure.alignment.column: score.error(measure)})
            for name in _other_metrics(scored):
                other = Measure(name)
                # a signed metric is judged by its size, or its distance from 1
                column = name if other.label == other.row.title else f"abs_{name}"
                errors |= _in_unit(other, **{column: other.error(outcome.figures)})
            rows.append(
                {"on": scored.part.title, **outcome.labels, "status": outcome.status, **errors}
            )
    return as_csv(rows)


def _in_unit(measure: Measure, **values: float) -> dict[str, Any]:
    """Values in the unit that their columns are named after; empty where there is none."""
    scale = scale_of(measure.unit)
    ending = _ENDINGS.get(measure.unit, f"_{measure.unit}")
    return {
        f"{name}{ending}": "" if math.isnan(value) else value * scale
        for name, value in values.items()
    }


def _other_metrics(scored: ScoredPart) -> list[str]:
    """Metrics of the study that no other column of the runs shows; shown as they are judged."""
    row = scored.measure.row
    return [m for m in scored.part.study.metrics if m not in (row.name, row.without_offset)]


def _sides(parts: Sequence[ScoredPart]) -> str:
    rows: list[dict[str, Any]] = []
    for scored in parts:
        for figure in side_figures(scored):
            scale = scale_of(figure.unit)
            for factor, means in figure.by_factor.items():
                for i, level in enumerate(means.levels):
                    rows.append(
                        {
                            "on": scored.part.title,
                            "factor": factor,
                            "level": level,
                            "activity": figure.activity,
                            "what": figure.name,
                            "unit": readable_unit(figure.unit),
                            "mean": means.means[i] * scale,
                            "low": means.intervals[i].low * scale,
                            "high": means.intervals[i].high * scale,
                            "n_subjects": means.n_subjects,
                        }
                    )
    return as_csv(rows) if rows else ""


def _results(stem: str, scored: ScoredPart, n_parts: int) -> Download | None:
    part = scored.part
    if sum(len(outcome.figures) for outcome in part.outcomes) > _MOST_ROWS:
        return None
    content = gzip.compress(result_table(part.study, part.outcomes).encode(), mtime=0)
    number = f"-{scored.number}" if n_parts > 1 else ""
    label = f"all results of {part.title}, one row per run and figure, SI units, compressed"
    return Download(label, f"{stem}-results{number}.csv.gz", content)
