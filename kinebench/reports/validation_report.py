"""A validation in words, as a table, and as a document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kinebench import __version__
from kinebench.comparison import PairResult
from kinebench.comparison.error_kinds import ErrorKinds, error_kinds, group_error_kinds
from kinebench.core.model import Model
from kinebench.remarks import Remark, each_once
from kinebench.reports.blocks import Document, Listing, Section, TableBlock, Text
from kinebench.reports.comparison_report import comparison_document
from kinebench.reports.reporting_checklist import MODEL, SPACE, TIME
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_unit
from kinebench.validation import Validation


def error_table(pair: PairResult) -> Table:
    """Each item's error: as it is, without a constant offset, without a constant joint rotation."""
    rows = error_kinds(pair.evaluation)
    means = [row._replace(item=f"mean, {row.item}") for row in group_error_kinds(rows)]
    header = ("item", "unit", "RMSE", "without offset", "without joint rotation")
    return Table(header, tuple(map(_cells, (*rows, *means))))


def _cells(row: ErrorKinds) -> tuple[str, ...]:
    values = (row.raw, row.without_offset, row.without_rotation)
    known = (
        readable(value, row.unit) if value is not None and math.isfinite(value) else "—"
        for value in values
    )
    return (row.item, readable_unit(row.unit), *known)


def steps_told(validation: Validation) -> list[str]:
    """What was found on the way, and how sure it is: a line each."""
    clock, frame = validation.clock, validation.frame
    if clock.given:
        lines = [f"clock: the video is late by {_ms(clock.lag_s)}, as stated"]
    else:
        low, high = clock.searched_s
        lines = [
            f"clock: the video is late by {_ms(clock.lag_s)}; searched {low:+.2f} to {high:+.2f} s;"
            f" confidence {clock.confidence}"
        ]
    lines += [
        f"clock: {signal.name}: {_ms(signal.lag_s)}, correlation {signal.correlation:.3f}"
        + (
            ""
            if abs(signal.best_lag_s - signal.lag_s) < 1e-6
            else f"; {_ms(signal.best_lag_s)} fits it slightly better"
        )
        for signal in clock.signals
    ]
    if clock.rival_s is not None:
        lines.append(f"clock: {_ms(clock.rival_s)} fits nearly as well, as in cyclic movement")
    if clock.drift_s is None:
        lines.append("clock: too short or too still to tell a drift")
    else:
        lines.append(f"clock: the lag grows by {clock.drift_s * 1e3:+.0f} ms over the trial")
    if frame is None:
        lines.append("frame: taken as one, no yaw or translation removed")
    else:
        t = ", ".join(f"{value:+.3f}" for value in frame.transform.t)
        lines.append(
            f"frame: yaw {math.degrees(frame.yaw_rad):+.2f}°, translation ({t}) m, from"
            f" {frame.part_s[0]:.2f} to {frame.part_s[1]:.2f} s; residual"
            f" {frame.transform.rms * 1e3:.0f} mm there, {frame.rest_rms_m * 1e3:.0f} mm on the"
            " rest"
        )
        if validation.joint_rotations:
            lines.append("frame: both turned about the vertical until the pelvis faces +X")
    turned = ", ".join(
        f"{name} {math.degrees(angle):.1f}°" for name, angle in validation.joint_rotations.items()
    )
    return lines + ([f"joint frames: constant rotation of {turned}"] if turned else [])


def methods_text(validation: Validation, prepared: Sequence[str] = ()) -> str:
    """A paragraph for a paper.

    Parameters
    ----------
    validation : Validation
    prepared : sequence of str
        Sentences on how the mocap's motion was made.
    """
    clock, frame = validation.clock, validation.frame
    pair = validation.comparison.pairs[0]
    how = (
        "was stated" if clock.given else f"was found by {clock.signals[0].name} (cross-correlation"
    )
    if not clock.given:
        low, high = clock.searched_s
        how += f" over {low:+.2f} to {high:+.2f} s" + (
            f"; {clock.signals[1].name} gave {_ms(clock.signals[1].lag_s)})"
            if len(clock.signals) > 1
            else ")"
        )
    sentences = [
        *prepared,
        f"The video's clock was corrected by a lag of {_ms(clock.lag_s)}, which {how}; no drift was"
        " corrected.",
    ]
    if frame is not None:
        sentences.append(
            "The video was brought into the mocap's laboratory frame by one rotation about the"
            f" vertical ({math.degrees(frame.yaw_rad):+.1f}°) and one translation, least squares"
            f" over {frame.part_s[0]:.2f} to {frame.part_s[1]:.2f} s (residual"
            f" {frame.transform.rms * 1e3:.0f} mm, {frame.rest_rms_m * 1e3:.0f} mm on the rest)."
            + (
                " Pelvis angles and translations are in a frame whose X axis is the mean heading."
                if validation.joint_rotations
                else ""
            )
        )
    sentences.append(
        f"Errors are video minus mocap over {pair.alignment.n_frames} frames, the video"
        " interpolated by cubic splines at the mocap's times, without filtering; they are given"
        " raw, without the constant offset of each coordinate, and, for joints of three angles,"
        " without one constant rotation of the joint's frame (chordal mean). Computed with"
        f" kinebench {__version__}."
    )
    return " ".join(sentences)


def validation_document(
    validation: Validation,
    remarks: Sequence[Remark] = (),
    prepared: Sequence[str] = (),
    model: Model | None = None,
    files: Sequence[tuple[str, Path]] = (),
) -> Document:
    """The comparison's report, with what validation found before and its methods after it.

    Parameters
    ----------
    validation : Validation
    remarks : sequence of Remark
        On the inputs: files, marker names, axes; and what speaks against one trial.
    prepared : sequence of str
        As in `methods_text`.
    model : Model, optional
        On which both motions are shown.
    files : sequence of (str, Path)
        What was compared, named with digests at the foot.
    """
    lines = steps_told(validation)
    known = {item: "; ".join(line.removeprefix(kind) for line in lines if line.startswith(kind))
             for item, kind in ((TIME, "clock: "), (SPACE, "frame: "))}  # fmt: skip
    if prepared:
        known[MODEL] = " ".join(prepared)
    made = comparison_document(validation.comparison, model, files=files, known=known)
    first = Section(
        "Three kinds of error",
        (
            TableBlock(
                error_table(validation.comparison.pairs[0]),
                "RMSE as it is; without the constant offset of each coordinate; without one"
                " constant rotation of the joint's frame. The last two are not accuracy: they tell"
                " how much is constant.",
            ),
        ),
    )
    told = tuple(f"{remark.severity}: {remark.text}" for remark in each_once(remarks))
    steps = Section("What was found", (Listing((*told, *lines)),))
    methods = Section("Methods", (Text(methods_text(validation, prepared)),))
    title = f"Video against mocap: {validation.comparison.pairs[0].trial}"
    return replace(made, title=title, sections=(first, steps, *made.sections, methods))


def _ms(seconds: float) -> str:
    return f"{seconds:+.3f} s"
