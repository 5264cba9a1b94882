"""Pictures of an audit: a traffic light per trial and check, and what a trial looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.segments import segment_lengths
from kinebench.pipeline.audit import TrialAudit
from kinebench.quality import CHECKS
from kinebench.reports.figures.style import (
    BLUE,
    DOUBLE_COLUMN_IN,
    GREEN,
    INK,
    ORANGE,
    SKY,
    VERMILLION,
    styled,
)

_LIGHTS = {"green": GREEN, "amber": ORANGE, "red": VERMILLION}
_MARKS = {"green": "o", "amber": "^", "red": "X"}
_MOST_MM = 150.0
_BONES = (
    ("Neck", "midHip"), ("RShoulder", "LShoulder"), ("RHip", "LHip"),
    *((f"{s}{a}", f"{s}{b}") for s in "RL" for a, b in (
        ("Hip", "Knee"), ("Knee", "Ankle"), ("Ankle", "Heel"), ("Heel", "BigToe"),
        ("Shoulder", "Elbow"), ("Elbow", "Wrist"),
    )),
)  # fmt: skip


def lights_figure(audits: Sequence[TrialAudit]) -> Figure:
    """Trials in columns, the light of each and of every check below: shape and colour tell."""
    names = [name for name in CHECKS if any(name in audit.assessment.made for audit in audits)]
    rows = ["trial", *names]
    with styled():
        figure = Figure(figsize=(DOUBLE_COLUMN_IN, 0.9 + 0.19 * len(rows)))
        FigureCanvasAgg(figure)
        axis = figure.subplots()
        for column, audit in enumerate(audits):
            for row, name in enumerate(rows):
                light = audit.severity if row == 0 else audit.assessment.severity_of(name)
                if row and name not in audit.assessment.made:
                    axis.plot(column, row, marker="_", color=INK, alpha=0.4, markersize=5)
                    continue
                axis.plot(
                    column, row, marker=_MARKS[light], color=_LIGHTS[light], linestyle="none",
                    markersize=9 if row == 0 else 4.5 if light == "green" else 7,
                )  # fmt: skip
        axis.set_yticks(range(len(rows)), rows)
        axis.set_ylim(len(rows) - 0.4, -0.7)
        axis.set_xlim(-0.6, max(len(audits), 6) - 0.4)
        axis.xaxis.tick_top()
        axis.set_xticks(
            range(len(audits)), [audit.trial for audit in audits],
            rotation=0 if len(audits) < 4 else 35, ha="center" if len(audits) < 4 else "left",
        )  # fmt: skip
        axis.tick_params(length=0)
        for spine in axis.spines.values():
            spine.set_visible(False)
        axis.axhline(0.5, color=INK, linewidth=0.6)
        axis.grid(axis="y", color=INK, alpha=0.1, linewidth=0.5)
        axis.set_axisbelow(True)
    return figure


def trial_figure(audit: TrialAudit) -> Figure | None:
    """The person in five frames, marker errors, segment lengths, and when findings hold."""
    evidence = audit.evidence
    if evidence is None or evidence.recorded.n_frames < 2:
        return None
    recording = evidence.recorded
    timed = [one for one in audit.findings if one.spans_s and one.recording == "movement"]
    heights = [2.0, 1.0, 1.0, *([0.28 + 0.16 * len(timed)] if timed else [])]
    with styled():
        figure = Figure(figsize=(DOUBLE_COLUMN_IN, sum(heights) + 0.9))
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(heights), 1, height_ratios=heights)
        _people(axes[0], recording)
        _errors(axes[1], audit)
        _lengths(axes[2], recording)
        if timed:
            for row, finding in enumerate(timed):
                for start, end in finding.spans_s:
                    axes[3].plot(
                        [start, max(end, start + 0.004 * np.ptp(recording.times))], [row, row],
                        color=_LIGHTS[finding.severity], linewidth=5, solid_capstyle="butt",
                    )  # fmt: skip
            axes[3].set_yticks(range(len(timed)), [finding.check for finding in timed])
            axes[3].set_ylim(len(timed) - 0.5, -0.5)
            axes[3].set_title("findings over time")
        for axis in axes[1:]:
            axis.set_xlim(recording.times[0], recording.times[-1])
        axes[-1].set_xlabel("time (s)")
    return figure


def _people(axis: Axes, recording: Markers) -> None:
    """Five frames side by side, as seen from in front and a little from the side."""
    frames = np.linspace(0, recording.n_frames - 1, 5).round().astype(int)
    known = ~recording.missing
    step = 0.0
    for frame in frames:
        if not known[frame].any():
            continue
        points = recording.positions[frame]
        middle = np.median(points[known[frame]], axis=0)
        near = np.clip(points - middle, -1.1, 1.1)  # a lost point stays in the picture
        across = 0.85 * near[:, 2] - 0.5 * near[:, 0]
        for one, other in _BONES:
            if one in recording.names and other in recording.names:
                i, j = recording.names.index(one), recording.names.index(other)
                side = BLUE if one[0] == "R" and one[1].isupper() else INK
                side = ORANGE if one[0] == "L" and one[1].isupper() else side
                axis.plot(step + across[[i, j]], near[[i, j], 1], color=side, linewidth=1.2)
        axis.text(step, -1.3, f"{recording.times[frame]:.2f} s", ha="center", fontsize=7)
        step += 1.9
    axis.set_aspect("equal")
    axis.set_ylim(-1.35, 1.05)
    axis.axis("off")
    axis.set_title("keypoints as recorded: right blue, left orange; up is +Y")


def _errors(axis: Axes, audit: TrialAudit) -> None:
    axis.set_title("marker error (mm): RMS and largest, limits 20 and 40")
    run = audit.run
    if run is None:
        axis.text(0.5, 0.5, "no result", transform=axis.transAxes, ha="center")
        return
    largest = np.nanmax(
        np.where(np.isfinite(run.solution.marker_errors), run.solution.marker_errors, 0.0), axis=1
    )
    for course, colour in ((run.solution.rms_errors, INK), (largest, SKY)):
        axis.plot(run.motion.times, np.minimum(course * 1e3, _MOST_MM), color=colour)
    for limit, colour in ((20.0, INK), (40.0, SKY)):
        axis.axhline(limit, color=colour, linewidth=0.7, linestyle=(0, (3, 2)))
    axis.set_ylim(0, None)


def _lengths(axis: Axes, recording: Markers) -> None:
    axis.set_title("length of thighs, shanks and trunk over its median")
    for name, course in segment_lengths(recording).items():
        if name.split()[-1] not in ("thigh", "shank", "trunk") or not np.isfinite(course).any():
            continue
        colour = {"right": BLUE, "left": ORANGE}.get(name.split()[0], INK)
        ratio: FloatArray = np.clip(course / np.nanmedian(course), 0.4, 1.8)
        style = "-" if name.endswith(("thigh", "trunk")) else (0, (4, 1.2))
        axis.plot(recording.times, ratio, color=colour, linestyle=style, linewidth=0.9)
    axis.axhline(1.0, color=INK, linewidth=0.5, alpha=0.5)
