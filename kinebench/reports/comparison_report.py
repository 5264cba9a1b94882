"""A comparison as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from kinebench import __version__
from kinebench.comparison import Comparison, PairResult
from kinebench.comparison.agreement import agreement_of, curves_of
from kinebench.comparison.cycles import cycle_curves
from kinebench.comparison.joint_centres import joint_centre_errors
from kinebench.comparison.left_and_right import left_and_right
from kinebench.comparison.side_differences import side_differences
from kinebench.core.body_groups import BODY_GROUPS
from kinebench.core.marker_regions import bilateral_pairs
from kinebench.core.markers import Markers
from kinebench.core.model import Model
from kinebench.core.motion import Motion
from kinebench.core.names import shared_names
from kinebench.errors import ValueRangeError
from kinebench.metrics import CATALOGUE, Kind, metrics_of
from kinebench.metrics.marker_evaluation import ALL_MARKERS
from kinebench.reports.agreement_tables import agreement_section
from kinebench.reports.blocks import (
    Block,
    Details,
    Document,
    FigureBlock,
    Listing,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.comparison_remarks import (
    comparison_title,
    kinds_remarks,
    mean_text,
    notes,
    pair_remarks,
    procedure_remarks,
    remarks,
)
from kinebench.reports.comparison_tables import (
    band_table,
    group_table,
    pair_table,
    repetition_table,
    sides_table,
)
from kinebench.reports.cycle_tables import cycle_section, joint_centre_section
from kinebench.reports.figures import (
    as_svg,
    body_map_figure,
    error_map_figure,
    sides_figure,
    waveform_figure,
)
from kinebench.reports.methods_text import comparison_methods
from kinebench.reports.player import PlayerBlock, player_block, skeleton_of
from kinebench.reports.reporting_checklist import checklist_section, models_named
from kinebench.reports.sides_over_subjects import SIDES_TITLE, sides_blocks
from kinebench.reports.source_files import files_details
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_unit, scale_of

_MOST_WAVEFORMS = 3  # trials whose waveforms are drawn: a page must stay light


def comparison_document(
    comparison: Comparison,
    models: Mapping[str, Model] = MappingProxyType({}),
    margin_rad: float | None = None,
    files: Sequence[tuple[str, Path]] = (),
    known: Mapping[str, str] = MappingProxyType({}),
    methods: str = "",
) -> Document:
    """A report on a comparison: the figures that matter first, then how they came about.

    Parameters
    ----------
    comparison : Comparison
    models : mapping of str to Model
        Each subject's: both motions of each pair move it side by side in the page, as aligned, and
        joint centres are compared on it.
    margin_rad : float, optional
        Differences of angles that do not matter, for the test of equivalence.
    files : sequence of (str, Path)
        What was compared, named with digests at the foot.
    known : mapping of str to str
        Items of the checklist that the caller knows better: see `checklist`.
    methods : str, optional
        The paragraph for a paper, of a caller that knows more than `comparison_methods`.

    Raises
    ------
    NameNotFoundError
        A motion has a coordinate that the model has not.
    ValueRangeError
        A model is given for markers.
    """
    title = comparison_title(comparison)
    sections = _kinds_section(comparison)
    for kind, part in comparison.by_kind.items():
        own = _over_subjects(part, models, margin_rad)
        sections += [replace(one, title=f"{one.title}: {kind}") if kind else one for one in own]
    several = len(comparison.pairs) > 1
    for i, pair in enumerate(comparison.pairs):
        name = f"{pair.subject}, {pair.trial}" if several else "Result"
        blocks = _pair_blocks(comparison, pair, i < _MOST_WAVEFORMS)
        if models and i < _MOST_WAVEFORMS:
            blocks = (blocks[0], _player(pair, models[pair.subject]), *blocks[1:])
        sections.append(Section(name, blocks))
    sections.append(_how(comparison, files))
    margin_deg = None if margin_rad is None else float(np.degrees(margin_rad))
    named = {"estimate": comparison}
    text = methods or comparison_methods(comparison, margin_rad)
    sections.append(Section("Methods", (Text(text),)))
    sections.append(checklist_section(named, models_named(models), margin_deg, files, known))
    return Document(
        f"Estimate against reference: {title}",
        tuple(sections),
        "Error is estimate − reference. Angles in degrees, lengths in millimetres.",
        (f"Made by kinebench {__version__}, procedure {comparison.procedure.name}.",),
    )


def _kinds_section(comparison: Comparison) -> list[Section]:
    lines = kinds_remarks(comparison)
    return [Section("Kinds of trials", tuple(Text(line) for line in lines))] if lines else []


def _over_subjects(
    comparison: Comparison, models: Mapping[str, Model], margin_rad: float | None
) -> list[Section]:
    """Group figures, agreement, sides, cycles and joint centres of one kind of trials."""
    sections = [_group(comparison)] if comparison.groups else []
    agreement = agreement_of(comparison, margin_rad)
    if agreement:
        sections.append(agreement_section(agreement, curves_of(comparison)))
    sides = side_differences(comparison)
    if sides:
        sections.append(Section(SIDES_TITLE, sides_blocks(sides)))
    cycles = cycle_section({"estimate": cycle_curves(comparison)})
    if cycles is not None:
        sections.append(cycles)
    if models:
        errors = joint_centre_errors(comparison.pairs, models)
        sections.append(joint_centre_section({"estimate": errors}, models))
    return sections


def _group(comparison: Comparison) -> Section:
    blocks: list[Block] = [
        TableBlock(
            group_table(comparison),
            f"Mean over {comparison.n_subjects} subjects and {len(comparison.pairs)} trials, with"
            f" 95 % intervals (Student, over subjects); pooling:"
            f" {comparison.procedure.pooling.replace('_', ' ')}.",
        )
    ]
    metric = comparison.headline_of(comparison.pairs[0])
    unit = "m" if comparison.pairs[0].evaluation.kind is Kind.MARKER else "rad"
    items = [
        row.item
        for row in comparison.groups
        if row.metric == metric
        and row.unit == unit
        and not row.item.startswith(("all ", "segment ", "side "))
        and row.item not in BODY_GROUPS
    ]
    trials = [f"{pair.subject} {pair.trial}" for pair in comparison.pairs]
    if items and len(trials) <= 12:
        values = [
            [pair.evaluation.values(metric).get(item, np.nan) for pair in comparison.pairs]
            for item in items
        ]
        quantity = f"{CATALOGUE[metric].title} ({readable_unit(unit)})"
        drawing = error_map_figure(scale_of(unit) * np.array(values), items, trials, quantity)
        blocks.append(
            FigureBlock(
                as_svg(drawing, page=True),
                f"{CATALOGUE[metric].title} of every trial.",
                f"Map of {quantity} by item and trial; the numbers stand in the cells.",
            )
        )
    return Section("All trials", tuple(blocks))


def _pair_blocks(comparison: Comparison, pair: PairResult, drawn: bool) -> tuple[Block, ...]:
    metric = comparison.headline_of(pair)
    mean = mean_text(pair, metric, pair.evaluation.values(metric))
    n = f"{pair.alignment.n_frames} frames"
    blocks: list[Block] = [Text(f"{CATALOGUE[metric].title}: {mean} ({n}).", lead=True)]
    if pair.repetitions:
        names = ", ".join(part.interval.name for part in pair.repetitions)
        blocks.append(TableBlock(repetition_table(pair), f"Mean ± SD over {names}."))
    blocks.append(TableBlock(pair_table(pair), "The whole trial."))
    blocks += _bias_interval_note(comparison, pair)
    if drawn:
        blocks += _drawings(pair)
    if pair.standard_error is not None:
        caption = "The estimate's own error bars, and how often its error is within them."
        blocks.append(TableBlock(band_table(pair), caption))
    if pair.sensitivity:
        blocks.append(
            TableBlock(_lag_table(pair, metric), f"{CATALOGUE[metric].title} at other lags.")
        )
    sides = sides_table(left_and_right(pair))
    if sides.rows:
        caption = (
            "Right minus left; the error of a coordinate that both sides share is not in it. Of"
            " markers also the height on which each foot rests."
        )
        blocks.append(Details("Left and right", (TableBlock(sides, caption),)))
    blocks.append(Details("Alignment and what is not scored", (_listing(comparison, pair),)))
    if isinstance(pair.reference, Motion):
        every = tuple(figure.name for figure in metrics_of("waveform"))
        table = TableBlock(pair_table(pair, every), "Every waveform metric.")
        blocks.append(Details("Every metric", (table,)))
    return tuple(blocks)


def _listing(comparison: Comparison, pair: PairResult) -> Listing:
    return Listing((*pair_remarks(comparison, pair), *notes(pair.remarks)))


def _bias_interval_note(comparison: Comparison, pair: PairResult) -> list[Block]:
    figures = [figure for figure in pair.evaluation.figures if figure.interval is not None]
    if not figures:
        return []
    rows = tuple(
        (
            figure.item,
            readable_unit(figure.unit),
            readable(figure.value, figure.unit),
            readable(figure.interval[0], figure.unit),
            readable(figure.interval[1], figure.unit),
            str(figure.n),
        )
        for figure in figures
        if figure.interval is not None
    )
    how = (
        "frames counted by effective sample size"
        if comparison.procedure.bias_interval == "effective"
        else "points taken as independent, as published; too narrow"
    )
    header = (pair.evaluation.kind.noun, "unit", "bias", "low", "high", "frames")
    caption = f"Bias with 95 % interval: {how}. It speaks of this trial only."
    return [Details("Intervals of the bias", (TableBlock(Table(header, rows), caption),))]


def _drawings(pair: PairResult) -> list[Block]:
    found: list[Block] = []
    one, other = pair.reference, pair.estimate
    if isinstance(one, Motion) and isinstance(other, Motion):
        bars = pair.standard_error
        drawing = waveform_figure(one, other, pair.evaluation.items, standard_error=bars)
        found.append(
            FigureBlock(
                as_svg(drawing, page=True),
                "Reference (line), estimate (dashed), and the error between them (shaded)"
                + (
                    "."
                    if bars is None
                    else "; the 95 % band that the estimate states, in a light shade."
                ),
                "Waveforms of every coordinate; their errors are in the table above.",
            )
        )
        if bilateral_pairs(pair.evaluation.items):
            found.append(
                FigureBlock(
                    as_svg(sides_figure(pair.evaluation), page=True),
                    "Right and left side by side; a long bar is a difference between sides.",
                    "Bias and RMSE of the right and the left side; the numbers are in the table.",
                )
            )
    elif isinstance(one, Markers) and isinstance(other, Markers):
        shown = shared_names(pair.evaluation.items, one.names)
        drawing = body_map_figure(one.select(shown), other.select(shown))
        found.append(
            FigureBlock(
                as_svg(drawing, page=True),
                "Mean place of each marker and its mean error; the worst are named, with their"
                " mean distance.",
                "Map of marker errors on the body; the numbers are in the table above.",
            )
        )
    return found


def _player(pair: PairResult, model: Model) -> PlayerBlock:
    """Both motions on one model, whose sizes the pair's errors are free of."""
    one, other = pair.reference, pair.estimate
    if not (isinstance(one, Motion) and isinstance(other, Motion)):
        raise ValueRangeError("a model moves by coordinates: it has no use for markers")
    name = f"{pair.subject}, {pair.trial}"
    return player_block(
        skeleton_of(model, one),
        skeleton_of(model, other),
        f"Both motions on {model.name}, in one frame. The segments of the estimate have the colour"
        " of their error: the angle between the same segment of both, in ground, or the distance"
        " between the same joint centre.",
        f"Skeletons of reference and estimate over one another, {name}; the errors are in the"
        " table below.",
    )


def _lag_table(pair: PairResult, metric: str) -> Table:
    units = {
        figure.item: figure.unit for figure in pair.evaluation.figures if figure.metric == metric
    }
    items = [ALL_MARKERS] if ALL_MARKERS in units else list(units)
    shifts = pair.sensitivity
    rows = tuple(
        (
            item,
            readable_unit(units[item]),
            *(readable(shift.result.get(item, np.nan), units[item]) for shift in shifts),
        )
        for item in items
    )
    return Table((pair.evaluation.kind.noun, "unit", *(shift.label for shift in shifts)), rows)


def _how(comparison: Comparison, files: Sequence[tuple[str, Path]]) -> Section:
    blocks: list[Block] = []
    lines = procedure_remarks(comparison)
    if lines:
        blocks += [Text(lines[0]), Listing(tuple(line.strip(" -") for line in lines[1:]))]
    else:
        blocks.append(
            Text(
                "kinebench's own procedure: the estimate is interpolated at the reference's times"
                " where both overlap; nothing is filtered; repetitions are averaged per trial,"
                " trials per subject, subjects per group."
            )
        )
    if len(comparison.pairs) > 1:
        blocks.append(Listing(tuple(remarks(comparison)) or ("nothing was left out",)))
    if files:
        blocks.append(files_details(files))
    return Section("Procedure", tuple(blocks))
