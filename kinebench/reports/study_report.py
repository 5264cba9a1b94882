"""A study as a document: what each factor does to the joint angles, and how sure that is."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinebench.errors import KinebenchWarning
from kinebench.reports.figures.error_map import error_map_figure
from kinebench.reports.figures.intervals import interval_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.html import (
    Block,
    Details,
    Document,
    FigureBlock,
    Listing,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_unit, scale_of
from kinebench.statistics import Contrast, paired_contrasts
from kinebench.studies.design import Factor, Study
from kinebench.studies.execution import Outcome

__all__ = ["LEG_ANGLES", "Effect", "effects_of", "study_document"]

LEG_ANGLES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion", "hip_adduction",
    "hip_rotation", "knee_angle", "ankle_angle", "subtalar_angle", "lumbar_extension",
    "lumbar_bending", "lumbar_rotation",
)  # fmt: skip
"""Angles that headline figures average, each once: left and right are averaged first."""

_METRIC = "rmse"


@dataclass(frozen=True, slots=True)
class Effect:
    """What the levels of a factor do to a subject's mean error.

    Parameters
    ----------
    factor : str
    means : mapping of str to float
        Level to mean RMSE over subjects, rad.
    contrasts : tuple of Contrast
        Each level against the first, paired over subjects.
    n_subjects : int
        With every level.
    """

    factor: str
    means: dict[str, float]
    contrasts: tuple[Contrast, ...]
    n_subjects: int


def study_document(study: Study, outcomes: Sequence[Outcome], command: str) -> Document:
    """The report of a study.

    Parameters
    ----------
    study : Study
    outcomes : sequence of Outcome
        All of them, in the order of the plan.
    command : str
        What makes it again.
    """
    effects = [effects_of(factor, outcomes) for factor in study.factors]
    sections = [
        Section("Question and answer", (Text(study.question), *_answers(effects))),
        *(
            _factor_section(factor, effect, outcomes)
            for factor, effect in zip(study.factors, effects, strict=True)
        ),
        Section("Worst cells", (_worst(study, outcomes),)),
        Section("What was left out", _left_out(outcomes)),
        Section("Methods", _methods(study, outcomes, command)),
    ]
    return Document(study.name, tuple(sections), study.question, (f"Made by: {command}",))


def effects_of(factor: Factor, outcomes: Iterable[Outcome]) -> Effect:
    """Main effect of a factor on the mean RMSE of the leg, pelvis and trunk angles.

    Only what was done at every level of the factor counts: trials, and levels of the other
    factors, that failed at one level are left out at all.
    """
    labels = [level.label for level in factor.levels]
    by_cell: dict[tuple[str, ...], dict[str, float]] = {}
    for outcome in outcomes:
        value = _mean_error(outcome)
        if value is not None:
            others = tuple(text for name, text in outcome.labels.items() if name != factor.name)
            by_cell.setdefault(others, {})[outcome.labels[factor.name]] = value
    complete = {cell: found for cell, found in by_cell.items() if set(found) == set(labels)}
    subjects = sorted({cell[0] for cell in complete})
    table = np.array(
        [
            [
                np.mean([found[label] for cell, found in complete.items() if cell[0] == subject])
                for label in labels
            ]
            for subject in subjects
        ]
    ).reshape(len(subjects), len(labels))
    contrasts: tuple[Contrast, ...] = ()
    if len(subjects) > 1 and len(labels) > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KinebenchWarning)
            contrasts = paired_contrasts(table, labels, labels[0])
    means = table.mean(axis=0) if subjects else np.full(len(labels), np.nan)
    return Effect(
        factor.name, dict(zip(labels, means.tolist(), strict=True)), contrasts, len(subjects)
    )


def _mean_error(outcome: Outcome) -> float | None:
    """Mean RMSE of a cell, rad; None when it has none."""
    values = _by_angle(outcome, _METRIC)
    return float(np.mean(list(values.values()))) if values else None


def _by_angle(outcome: Outcome, metric: str) -> dict[str, float]:
    """Angle without side to the mean over its sides, rad."""
    found: dict[str, list[float]] = {}
    for row in outcome.rows:
        stem = str(row["item"]).removesuffix("_r").removesuffix("_l")
        fits = row["kind"] == "coordinate" and row["metric"] == metric and stem in LEG_ANGLES
        if fits and row["value"] is not None:
            found.setdefault(stem, []).append(float(row["value"]))
    return {stem: float(np.mean(values)) for stem, values in found.items()}


def _answers(effects: Sequence[Effect]) -> tuple[Block, ...]:
    """Two sentences per factor at most, every number from the contrasts."""
    lines: list[Block] = []
    for effect in effects:
        known = [contrast for contrast in effect.contrasts if np.isfinite(contrast.mean)]
        if len(effect.means) == 1:
            lines.append(Text(f"{effect.factor}: one level only, nothing to compare."))
            continue
        if not known:
            lines.append(Text(f"{effect.factor}: too few subjects for a comparison."))
            continue
        largest = max(known, key=lambda contrast: abs(contrast.mean))
        baseline, *levels = effect.means
        level = levels[effect.contrasts.index(largest)]
        sure = [contrast for contrast in known if contrast.p_adjusted < 0.05]
        lines.append(
            Text(
                f"{effect.factor}: the largest change of the mean RMSE against '{baseline}'"
                f" ({_deg(effect.means[baseline])}) is {_signed(largest.mean)}"
                f" [{_signed(largest.interval.low)}, {_signed(largest.interval.high)}]"
                f" for '{level}', over {effect.n_subjects} subjects;"
                f" {len(sure)} of {len(known)} levels differ beyond chance"
                " (Holm-adjusted p < 0.05).",
                lead=True,
            )
        )
    return tuple(lines)


def _factor_section(factor: Factor, effect: Effect, outcomes: Sequence[Outcome]) -> Section:
    blocks: list[Block] = []
    if effect.contrasts:
        scale = scale_of("rad")
        rows = list(effect.means)[1:]
        triples = [
            (c.mean * scale, c.interval.low * scale, c.interval.high * scale)
            for c in effect.contrasts
        ]
        figure = interval_figure(rows, {"all activities": triples}, "change of mean RMSE (°)")
        described = "; ".join(f"{row}: {_signed(c.mean)}" for row, c in
                              zip(rows, effect.contrasts, strict=True))  # fmt: skip
        caption = (
            f"Change of the mean RMSE of legs, pelvis and trunk by {factor.name}, with 95 %"
            f" interval over {effect.n_subjects} subjects."
        )
        blocks.append(FigureBlock(as_svg(figure, page=True), caption, described))
        blocks.append(TableBlock(_contrast_table(effect), f"Levels of {factor.name}"))
    blocks.append(_map(factor, outcomes))
    return Section(factor.name, tuple(blocks))


def _contrast_table(effect: Effect) -> Table:
    header = ("level", "mean RMSE, °", "change, °", "95 % interval", "p (Holm)")
    baseline, *_ = effect.means
    rows = [(baseline, readable(effect.means[baseline], "rad"), "—", "—", "—")]
    for (label, mean), contrast in zip(
        list(effect.means.items())[1:], effect.contrasts, strict=True
    ):
        interval = contrast.interval
        rows.append(
            (
                label,
                readable(mean, "rad"),
                readable(contrast.mean, "rad"),
                f"{readable(interval.low, 'rad')} to {readable(interval.high, 'rad')}",
                f"{contrast.p_adjusted:.3g}",
            )
        )
    return Table(header, tuple(rows), n_labels=1)


def _map(factor: Factor, outcomes: Sequence[Outcome]) -> FigureBlock:
    """Mean RMSE per level and angle."""
    labels = [level.label for level in factor.levels]
    sums: dict[tuple[str, str], list[float]] = {}
    for outcome in outcomes:
        for angle, value in _by_angle(outcome, _METRIC).items():
            sums.setdefault((outcome.labels[factor.name], angle), []).append(value)
    angles = [angle for angle in LEG_ANGLES if any(key[1] == angle for key in sums)]
    table = np.array(
        [[np.mean(sums.get((label, angle), [np.nan])) for angle in angles] for label in labels]
    )
    figure = error_map_figure(np.degrees(table), labels, angles, "RMSE (°)")
    worst = np.unravel_index(np.nanargmax(table), table.shape)
    told = f"largest: {angles[worst[1]]} at {labels[worst[0]]}, {_deg(table[worst])}"
    caption = f"RMSE by {factor.name} and angle, mean over all cells that were done."
    return FigureBlock(as_svg(figure, page=True), caption, told)


def _worst(study: Study, outcomes: Sequence[Outcome], n: int = 10) -> TableBlock:
    scored = [(value, outcome) for outcome in outcomes if (value := _mean_error(outcome))]
    scored.sort(key=lambda pair: -pair[0])
    names = ("subject", "trial", *(factor.name for factor in study.factors))
    rows = tuple(
        (*(outcome.labels[name] for name in names), readable(value, "rad"))
        for value, outcome in scored[:n]
    )
    return TableBlock(
        Table((*names, "mean RMSE, °"), rows, n_labels=len(names)),
        f"The {len(rows)} cells with the largest mean RMSE",
    )


def _left_out(outcomes: Sequence[Outcome]) -> tuple[Block, ...]:
    counts = Counter(outcome.status for outcome in outcomes)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    reasons = Counter(
        f"{outcome.status}: {outcome.reason}" for outcome in outcomes if outcome.reason
    )
    blocks: list[Block] = [Text(f"Cells: {told}.")]
    if reasons:
        lines = tuple(f"{count} × {reason}" for reason, count in reasons.most_common(12))
        blocks.append(Details("Reasons", (Listing(lines),)))
    return tuple(blocks)


def _methods(study: Study, outcomes: Sequence[Outcome], command: str) -> tuple[Block, ...]:
    from kinebench.studies.results import manifest

    about: dict[str, Any] = manifest(study, outcomes)
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    subjects = {source.subject for source in study.sources}
    activities = sorted({source.activity for source in study.sources})
    factors = "; ".join(
        f"{factor.name} ({factor.path}): {', '.join(level.label for level in factor.levels)}"
        for factor in study.factors
    )
    unit = readable_unit("rad")
    return (
        Text(
            f"Full factorial over {len(subjects)} subjects and {len(study.sources)} trials"
            f" ({', '.join(activities)}). Factors: {factors}. Error is estimate − reference on one"
            f" clock, without alignment; RMSE in {unit} per coordinate, left and right averaged,"
            " then averaged over the angles of legs, pelvis and trunk, over trials per subject, and"
            " over subjects. Levels are compared with the first by paired differences over"
            " subjects, Student's t interval, Holm's adjustment."
        ),
        Text(f"Versions: {versions}. Command: {command}"),
    )


def _deg(value: float) -> str:
    return f"{readable(value, 'rad')}°"


def _signed(value: float) -> str:
    return f"{value * scale_of('rad'):+.2f}°"
