"""A validation in words, as tables, and as a document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from kinebench.comparison import Comparison
from kinebench.remarks import each_once
from kinebench.reports.blocks import Block, Document, Listing, Section, TableBlock
from kinebench.reports.comparison_remarks import comparison_title, kind_title
from kinebench.reports.comparison_report import comparison_document
from kinebench.reports.comparison_tables import KINDS_AVERAGED, KINDS_SAID, kinds_table
from kinebench.reports.reporting_checklist import MODEL, SPACE, TIME
from kinebench.reports.tables import Table
from kinebench.reports.units import readable
from kinebench.reports.validation_json import models_by_subject
from kinebench.reports.validation_methods import in_s, methods_of_many
from kinebench.validation import TrialValidation, Validation


def steps_told(validation: Validation) -> list[str]:
    """What was found on the way, and how sure it is: a line each."""
    clock, frame = validation.clock, validation.frame
    if clock.given:
        lines = [f"clock: the video is late by {in_s(clock.lag_s)}, as stated"]
    else:
        low, high = clock.searched_s
        lines = [
            f"clock: the video is late by {in_s(clock.lag_s)}; searched {low:+.2f} to"
            f" {high:+.2f} s; confidence {clock.confidence}"
        ]
    lines += [
        f"clock: {signal.name}: {in_s(signal.lag_s)}, correlation {signal.correlation:.3f}"
        + (
            ""
            if abs(signal.best_lag_s - signal.lag_s) < 1e-6
            else f"; {in_s(signal.best_lag_s)} fits it slightly better"
        )
        for signal in clock.signals
    ]
    if clock.rival_s is not None:
        lines.append(f"clock: {in_s(clock.rival_s)} fits nearly as well, as in cyclic movement")
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


def found_table(trials: Sequence[TrialValidation]) -> Table:
    """What was found of each trial, and how sure it is."""
    header = ("subject", "trial", "lag, s", "confidence", "yaw, °", "residual, mm",
              "marker error, mm", "frames", "warnings")  # fmt: skip
    return Table(header, tuple(map(_found_row, trials)), n_labels=2)


def _found_row(trial: TrialValidation) -> tuple[str, ...]:
    clock, frame = trial.validation.clock, trial.validation.frame
    warnings = sum(remark.severity == "warning" for remark in each_once(trial.remarks))
    error = math.nan if trial.run is None else float(trial.run.solution.rms_errors.mean())
    return (
        trial.pair.subject,
        trial.pair.trial,
        f"{clock.lag_s:+.3f}",
        "stated" if clock.given else clock.confidence,
        "—" if frame is None else f"{math.degrees(frame.yaw_rad):+.2f}",
        "—" if frame is None else readable(frame.rest_rms_m, "m", 0),
        readable(error, "m", 1),
        str(trial.pair.alignment.n_frames),
        str(warnings),
    )


def trial_remarks(trials: Sequence[TrialValidation]) -> list[str]:
    """What was told of each trial: a line each; of several trials with the trial's name."""
    several = len(trials) > 1
    return [
        (f"{one.pair.subject}, {one.pair.trial}: " if several else "")
        + f"{remark.severity}: {remark.text}"
        for one in trials
        for remark in each_once(one.remarks)
        if not several or remark.severity != "note"
    ]


def validation_document(
    trials: Sequence[TrialValidation], comparison: Comparison | None = None
) -> Document:
    """The comparison's report, with what validation found before it, and its methods.

    Parameters
    ----------
    trials : sequence of TrialValidation
        One or more.
    comparison : Comparison, optional
        Of several trials, with what was left out.
    """
    together = comparison or trials[0].validation.comparison
    files = list(dict.fromkeys(file for one in trials for file in one.files))
    known = _known(trials)
    made = comparison_document(
        together,
        models_by_subject(trials),
        files=files,
        known=known,
        methods=methods_of_many(trials, together),
    )
    averaged = len(together.pairs) > 1 or bool(together.pairs[0].repetitions)
    said = KINDS_SAID + KINDS_AVERAGED if averaged else KINDS_SAID
    first = Section(
        "Three kinds of error",
        tuple(
            TableBlock(
                kinds_table(part.pairs), f"{kind_title(kind, part)}. {said}" if kind else said
            )
            for kind, part in together.by_kind.items()
        ),
    )
    lines = trial_remarks(trials)
    if len(trials) == 1:
        found: list[Block] = [Listing((*lines, *steps_told(trials[0].validation)))]
    else:
        caption = (
            "Lag: by how much the video's clock is late. Residual: root mean square distance on the"
            " half that did not tell the frame."
        )
        found = [TableBlock(found_table(trials), caption)]
        found += [Listing(tuple(lines))] if lines else []
    steps = Section("What was found", tuple(found))
    title = f"Video against mocap: {comparison_title(together)}"
    return replace(made, title=title, sections=(first, steps, *made.sections))


def _known(trials: Sequence[TrialValidation]) -> dict[str, str]:
    """Items of the checklist that were settled before the comparison."""
    if len(trials) == 1:
        lines = steps_told(trials[0].validation)
        known = {
            item: "; ".join(line.removeprefix(kind) for line in lines if line.startswith(kind))
            for item, kind in ((TIME, "clock: "), (SPACE, "frame: "))
        }
    else:
        lags = [one.validation.clock.lag_s for one in trials]
        framed = sum(one.validation.frame is not None for one in trials)
        known = {
            TIME: f"a lag of each trial's own, {in_s(min(lags))} to {in_s(max(lags))}: see the"
            " table",
            SPACE: f"yaw and translation removed from {framed} of {len(trials)} trials",
        }
    prepared = dict.fromkeys(sentence for one in trials for sentence in one.prepared)
    if prepared:
        known[MODEL] = " ".join(prepared) if len(trials) == 1 else methods_of_many(trials)
    return known
