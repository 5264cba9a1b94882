"""One page on a trial's left and right: the verdict, what each cause changes, how it was found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from kinebench import __version__
from kinebench.core.arrays import FloatArray
from kinebench.diagnosis.faults import CAUSES, LIKELY, Fault
from kinebench.diagnosis.figures import FIGURES, Figure
from kinebench.diagnosis.pictures import panels_of
from kinebench.diagnosis.spread import spread_of, spreads
from kinebench.diagnosis.verdict import (
    ANGLE_CHANGE,
    Finding,
    angle_change,
    findings,
    part_text,
    percent,
    verdict,
)
from kinebench.diagnosis.why import SOLVERS, Diagnosis
from kinebench.remarks import Remark
from kinebench.reports.blocks import (
    Block,
    Details,
    Document,
    FigureBlock,
    Heading,
    Listing,
    Reference,
    References,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.figures.recorded import deviations_figure, recorded_figure
from kinebench.reports.figures.shares import SharePanel, course_figure, shares_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.side_words import figure_title, figure_value
from kinebench.reports.tables import Table
from kinebench.reports.units import scale_of

_PANELS = (
    "side_drop", "pelvis_list", "leg_length", "floor_contact", "hip_flexion", "knee_flexion",
    "ankle_flexion", "jitter",
)  # fmt: skip

_METHODS = (
    "The trial was run through the pipeline as it is, and again with every combination of the"
    " causes swapped; those runs use an exact solver for scaling and inverse kinematics, and what"
    " that alone changes counts as the cause 'solvers'. Figures are right minus left, at the"
    " frames within 0.1 s of the deepest point of each repetition (all frames where there are no"
    " repetitions). The change from the pipeline as it is to everything swapped is shared among"
    " the causes by the Shapley value [1]: the effect of a cause averaged over all orders of"
    " swapping, so that the parts add up. The change of the angles is the root mean square of a"
    " cause's part over the angles of pelvis and legs, in the fifth of a second where it is"
    " largest; ± is the 95 % prediction interval of the same swap in"
    f" {spreads().n_swapped} clean virtual sessions of two phones. How likely a cause is wrong"
    " comes from what the recording shows, not from what a swap changes: logistic models of its"
    " features, learnt on virtual sessions in which faults were planted and in clean ones, under"
    " several presets of camera errors. Probabilities refer to sessions like those; from"
    f" {LIKELY:.0%} on a cause is called likely wrong (later, where clean sessions look alike), and"
    " likelier and larger ones come first. A cause that"
    " only changes a figure is not thereby wrong. No reference measurement is used."
)
_SHAPLEY = Reference(
    "[1] Shapley LS (1953) A value for n-person games. In: Contributions to the Theory of Games"
    " II, Annals of Mathematics Studies 28, 307–317.",
    "10.1515/9781400881970-018",
)


def why_document(
    diagnosis: Diagnosis,
    inputs: Mapping[str, tuple[str, str]],
    choices: Mapping[str, str],
    doubts: Sequence[Remark],
    command: str,
) -> Document:
    """The page.

    Parameters
    ----------
    diagnosis : Diagnosis
    inputs : mapping of str to (str, str)
        Role to file name and SHA-256.
    choices : mapping of str to str
        What the plan decided, and from what.
    doubts : sequence of Remark
        Warnings on the way.
    command : str
        What makes the page again.
    """
    found = findings(diagnosis)
    return Document(
        f"{diagnosis.trial}: where right and left come from",
        (
            Section("Verdict", _verdict(diagnosis, found)),
            *_evidence(diagnosis, found),
            Section("What each cause changes", _shares(diagnosis, found)),
            Section("Side drop over time", _course(diagnosis, found)),
            Section("What was not tried, and what cannot be told", _left_out(diagnosis)),
            Section("Methods and inputs", _methods(diagnosis, inputs, choices, doubts)),
        ),
        colophon=(f"Made by kinebench {__version__}: {command}",),
    )


def _verdict(diagnosis: Diagnosis, found: Sequence[Finding]) -> tuple[Block, ...]:
    answer, *others = verdict(diagnosis)
    blocks: list[Block] = [Text(answer, lead=True), *(Text(sentence) for sentence in others)]
    judged = [one for one in found if one.suspect or not math.isnan(one.probability)]
    if not judged:
        return tuple(blocks)
    rows = tuple((one.name, _chance(one), one.shown, one.advice) for one in judged)
    header = ("cause", "wrong with", "shown by the recording", "what to do")
    caption = (
        "Causes that are likely or possible; their names lead to the pictures that show it."
        " Probabilities: among virtual sessions like those that they were learnt on."
    )
    shown = {fault.title for fault in _pictured(diagnosis, found)}
    links = tuple((row, _anchor(one.name)) for row, one in enumerate(judged) if one.name in shown)
    return (*blocks, TableBlock(Table(header, rows, n_labels=4), caption, links))


def _swaps(diagnosis: Diagnosis, found: Sequence[Finding]) -> TableBlock:
    drop = FIGURES[0]
    rows = tuple(
        (
            one.name,
            one.now,
            one.instead,
            _part(diagnosis, one.swap, diagnosis.parts, drop),
            _part(diagnosis, one.swap, diagnosis.alone, drop),
            _angles(diagnosis, one.swap),
        )
        for one in found
        if one.swap
    )
    header = ("cause", "now", "instead", "side drop, share", "side drop, alone", "angles")
    caption = (
        "What swapping each choice changes. Side drop, share: the cause's share of the whole"
        " change of right − left; alone: what swapping it and nothing else changes; angles: RMS"
        " change of pelvis and leg angles in the fifth of a second where it is most."
    )
    if spread_of(SOLVERS, drop, diagnosis.augmenter) is None:
        caption += " No intervals: they were measured with augmented markers of another kind."
    else:
        caption += (
            f" ±: 95 % of {spreads().n_swapped} clean sessions lie within this of their mean."
        )
    return TableBlock(Table(header, rows, n_labels=3), caption)


def _chance(one: Finding) -> str:
    if math.isnan(one.probability):
        return "measured" if one.suspect else "not judged"
    return percent(one.probability) + (" (advice on the run)" if one.run_advice else "")


def _anchor(name: str) -> str:
    return f"evidence-{name}"


def _pictured(diagnosis: Diagnosis, found: Sequence[Finding]) -> tuple[Fault, ...]:
    """Causes that are likely or possible, in the order of the table."""
    faults = {fault.title: fault for fault in diagnosis.faults}
    judged = [one.name for one in found if not math.isnan(one.probability)]
    return tuple(faults[name] for name in judged if name in faults)


def _evidence(diagnosis: Diagnosis, found: Sequence[Finding]) -> tuple[Section, ...]:
    """The pictures that flags lead to, per cause."""
    blocks: list[Block] = []
    for fault in _pictured(diagnosis, found):
        title = f"{fault.title}: {fault.kind}" if fault.kind else fault.title
        said = fault.shown[:1].upper() + fault.shown[1:]
        blocks += [Heading(title, anchor=_anchor(fault.title)), Text(f"{said}.")]
        if fault.deviations:
            drawing = as_svg(deviations_figure(fault.deviations), page=True)
            caption = (
                "How unusual this recording is: spreads of clean sessions from their middle; grey,"
                " 95 % of them."
            )
            told = "; ".join(f"{name}: {value:+.1f}" for name, value in fault.deviations)
            blocks.append(FigureBlock(drawing, caption, told))
        blocks += _recorded(diagnosis, CAUSES[fault.name].picture)
        blocks.append(Text(f"What would tell more: {fault.words.apart}."))
    return (Section("What the recording shows", tuple(blocks)),) if blocks else ()


def _recorded(diagnosis: Diagnosis, picture: str) -> list[Block]:
    if diagnosis.recording is None:
        return []
    panels = panels_of(picture, diagnosis.recording)
    if not panels:
        return []
    window = diagnosis.window_s if np.isfinite(diagnosis.window_s).all() else None
    drawing = as_svg(recorded_figure(panels, window), page=True)
    caption = "Right and left in the recording itself. Grey: the static window."
    told = "; ".join(
        f"{panel.title}, {panel.quantity}: right {np.nanmean(panel.right):.0f},"
        f" left {np.nanmean(panel.left):.0f} in the mean"
        for panel in panels
    )
    return [FigureBlock(drawing, caption, told)]


def _part(diagnosis: Diagnosis, name: str, parts: Mapping[str, FloatArray], figure: Figure) -> str:
    if name not in parts:
        return "—"
    return part_text(name, float(parts[name][0]), figure, diagnosis.augmenter)


def _angles(diagnosis: Diagnosis, name: str) -> str:
    if name not in diagnosis.parts:
        return "—"
    change = figure_value(_angle_change(diagnosis, name), ANGLE_CHANGE)
    spread = spread_of(name, ANGLE_CHANGE, diagnosis.augmenter)
    if spread is None:
        return f"{change}° (no interval)"
    usual, width = (figure_value(value, ANGLE_CHANGE) for value in (spread.mean, spread.half_width))
    return f"{change}° (clean sessions: {usual} ± {width}°)"


def _angle_change(diagnosis: Diagnosis, name: str) -> float:
    return angle_change(diagnosis.times, diagnosis.course_parts[name])


def _signed(value: float, figure: Figure) -> str:
    text = figure_value(value, figure)
    return text if text.startswith(("−", "—")) or float(text) == 0 else f"+{text}"


def _shares(diagnosis: Diagnosis, found: Sequence[Finding]) -> tuple[Block, ...]:
    found = [one for one in found if one.swap]
    names = [one.swap for one in found]
    panels = [_panel(diagnosis, names, figure) for figure in FIGURES if figure.name in _PANELS]
    changes = [_angle_change(diagnosis, name) for name in names]
    nothing = [math.nan] * len(names)
    scale = _scale(ANGLE_CHANGE)
    panels.append(
        SharePanel(
            "angles over time, °",
            np.array(changes) * scale,
            nothing,
            ANGLE_CHANGE.notable * scale,
        )
    )
    marked = [one.name for one in found if one.suspect]
    drawing = as_svg(shares_figure([one.name for one in found], panels, marked), page=True)
    told = "; ".join(
        f"{one.name}: {_signed(one.part, one.figure)} of {figure_title(one.figure)}"
        for one in found
        if one.figure is not None
    )
    caption = (
        "What each cause changes of right − left: bar, its share (Shapley); tick, swapped alone;"
        " orange-red, likely wrong; grey, too small to be of interest."
    )
    heading = (
        "As it is, what each cause changes (Shapley), and everything swapped; right − left. No"
        " intervals here; those of the side drop are in the verdict."
    )
    titles = {one.swap: one.name for one in found}
    numbers = TableBlock(_numbers(diagnosis, titles), heading)
    swaps = _swaps(diagnosis, found)
    return (swaps, FigureBlock(drawing, caption, told), Details("All numbers", (numbers,)))


def _panel(diagnosis: Diagnosis, names: Sequence[str], figure: Figure) -> SharePanel:
    column, scale = FIGURES.index(figure), _scale(figure)
    return SharePanel(
        figure_title(figure),
        np.array([diagnosis.parts[name][column] for name in names]) * scale,
        np.array([diagnosis.alone[name][column] for name in names]) * scale,
        figure.notable * scale,
    )


def _scale(figure: Figure) -> float:
    return 100.0 if figure.unit == "1" else scale_of(figure.unit)


def _numbers(diagnosis: Diagnosis, titles: Mapping[str, str]) -> Table:
    def row(title: str, values: FloatArray) -> tuple[str, ...]:
        cells = zip(values.tolist(), FIGURES, strict=True)
        return (title, *(figure_value(value, figure) for value, figure in cells))

    rows = (
        row("as it is", diagnosis.as_is),
        *(row(title, diagnosis.parts[swap]) for swap, title in titles.items()),
        row("all swapped", diagnosis.swapped),
    )
    return Table(("", *map(figure_title, FIGURES)), rows, n_labels=1)


def _course(diagnosis: Diagnosis, found: Sequence[Finding]) -> tuple[Block, ...]:
    drop = diagnosis.course[:, 0] * 1e3
    if not np.isfinite(drop).all():
        return (Text("The model has no hip joint centres to compare."),)
    courses = {"as it is": drop}
    first = found[0]
    if first.suspect and first.swap in diagnosis.course_parts:
        part = diagnosis.course_parts[first.swap][:, 0] * 1e3
        courses[f"without {first.name}'s part"] = drop + part
    courses["everything swapped"] = diagnosis.swapped_course[:, 0] * 1e3
    drawing = course_figure(
        diagnosis.times, dict(courses), "right − left hip height (mm)", diagnosis.deep_spans_s
    )
    caption = (
        "Height of the right hip joint centre above the left; below zero the right side is the"
        " lower one. Grey: the deepest points."
    )
    told = "; ".join(f"{name}: mean {values.mean():+.1f} mm" for name, values in courses.items())
    return (FigureBlock(as_svg(drawing, page=True), caption, told),)


def _left_out(diagnosis: Diagnosis) -> tuple[Block, ...]:
    items = [f"{name}: {reason}" for name, reason in diagnosis.left_out.items()]
    tried = (Text("Not tried:"), Listing(tuple(items))) if items else ()
    return (*tried, Text("Cannot be told from this recording:"), Listing(diagnosis.undecidable))


def _methods(
    diagnosis: Diagnosis,
    inputs: Mapping[str, tuple[str, str]],
    choices: Mapping[str, str],
    doubts: Sequence[Remark],
) -> tuple[Block, ...]:
    counted = (
        f"{diagnosis.n_runs} runs; {diagnosis.n_deep_frames} frames count as deep. Smallest"
        " sizes of interest:"
        + ", ".join(
            f" {figure_title(figure)} {figure_value(figure.notable, figure)}"
            for figure in (*FIGURES, ANGLE_CHANGE)
        )
        + "."
    )
    rows = tuple((role, name, digest) for role, (name, digest) in inputs.items())
    blocks: list[Block] = [
        Text(_METHODS),
        Text(counted),
        References((_SHAPLEY,)),
        TableBlock(Table(("input", "file", "SHA-256"), rows, n_labels=3), "Inputs."),
        Details(
            "Choices of the pipeline",
            (Listing(tuple(f"{what}: {choice}" for what, choice in choices.items())),),
        ),
    ]
    if doubts:
        blocks.append(Listing(tuple(f"{one.severity}: {one.text}" for one in doubts)))
    return tuple(blocks)
