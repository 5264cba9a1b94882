"""Best and worst runs as waveforms, and the worst trials with links to them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kinebench.alignment import align
from kinebench.errors import KinebenchError
from kinebench.kinematics.osim_tree import read_tree
from kinebench.remarks import unheard
from kinebench.reports.blocks import (
    Block,
    Details,
    FigureBlock,
    Heading,
    TableBlock,
    Text,
)
from kinebench.reports.figures.style import as_svg
from kinebench.reports.figures.waveforms import waveform_figure
from kinebench.reports.player import player_block, skeleton_of, turned_onto
from kinebench.reports.study.scored import ScoredPart
from kinebench.reports.study.wording import with_unit
from kinebench.reports.tables import Table
from kinebench.reports.units import digits_of, headed, readable
from kinebench.studies.analysis.exhibits import Exhibit
from kinebench.studies.analysis.scores import Measure, Score
from kinebench.studies.design import LABELS

_KEY_ANGLES = (
    "pelvis_tilt", "pelvis_list", "lumbar_extension", "hip_flexion_r", "knee_angle_r",
    "ankle_angle_r", "hip_flexion_l", "knee_angle_l", "ankle_angle_l",
)  # fmt: skip
_MOST_TRIALS = 10


def exhibit_blocks(scored: ScoredPart) -> list[Block]:
    """Reference and estimate over time of each exhibit; the middle ones open on demand."""
    exhibits = scored.part.exhibits
    if not exhibits:
        return []
    blocks: list[Block] = [Heading("Best and worst runs")]
    for exhibit in exhibits:
        blocks.append(Heading(_title(exhibit), 4, _anchor(scored, exhibit)))
        figure = _waveforms(exhibit, scored.measure)
        if exhibit.role in ("worst", "best"):
            blocks += [figure]
        else:
            blocks.append(Details("Show the waveforms", (figure,)))
        if exhibit.role == "worst":
            blocks += _player(exhibit, scored.measure)
    return blocks


def _player(exhibit: Exhibit, measure: Measure) -> list[Block]:
    """Both motions on the model of the estimate, moving; nothing where the model has no bones."""
    told = f"{_title(exhibit)}, {_error(exhibit, measure)}"
    try:
        known = set(read_tree(exhibit.model).coordinate_names)
        reference, estimate = (
            skeleton_of(exhibit.model, motion.select([n for n in motion.names if n in known]))
            for motion in (exhibit.reference, exhibit.estimate)
        )
        turned = "pelvis_tx" not in exhibit.reference.names
        if turned:
            estimate = turned_onto(reference, estimate)
        block = player_block(
            reference,
            estimate,
            f"{told}: reference and estimate, both on {exhibit.model.name}."
            + (
                " The reference has no place in the room, so the estimate is laid onto it." * turned
            ),
            f"{told}: two skeletons that move",
        )
    except KinebenchError as error:
        return [Text(f"{_title(exhibit)} cannot be played: {error}")]
    return [block]


def worst_trials(scored: ScoredPart) -> list[Block]:
    """Trials by their worst run, each with a link to its waveforms where they are shown."""
    by_trial: dict[tuple[str, str], list[Score]] = {}
    for score in scored.scores:
        if np.isfinite(score.error()):
            key = (score.labels["subject"], score.labels["trial"])
            by_trial.setdefault(key, []).append(score)
    if not by_trial:
        return [Heading("Worst trials"), Text("No run has an error to compare.")]
    worst = {key: max(found, key=Score.badness) for key, found in by_trial.items()}
    order = sorted(worst, key=lambda key: -worst[key].badness())[:_MOST_TRIALS]
    factors = [factor.name for factor in scored.part.study.factors]
    unit, digits = scored.measure.unit, digits_of(scored.measure.unit)
    rows, links = [], []
    for i, key in enumerate(order):
        labels = worst[key].labels
        middle = float(np.median([score.error() for score in by_trial[key]]))
        name = f"{key[0]}, {key[1]}"
        errors = (readable(value, unit, digits) for value in (worst[key].error(), middle))
        rows.append((name, *(labels[factor] for factor in factors), *errors))
        anchor = _exhibit_of(scored, labels)
        if anchor:
            links.append((i, anchor))
    header = ("trial", *factors, *(headed(what, unit) for what in ("worst", "median")))
    table = Table(header, tuple(rows), n_labels=1 + len(factors))
    extreme = "lowest" if scored.measure.higher_is_better else "largest"
    seen = "; links lead to the waveforms above" if links else ""
    which = (
        "All trials"
        if len(rows) == len(by_trial)
        else f"The {len(rows)} worst of {len(by_trial)} trials"
    )
    caption = (
        f"{which}: the levels of the run with the {extreme} {scored.measure.noun}, that value,"
        f" and the median over all runs of the trial{seen}"
    )
    return [Heading("Worst trials"), TableBlock(table, caption, tuple(links))]


def _exhibit_of(scored: ScoredPart, labels: Mapping[str, str]) -> str:
    """Anchor of the exhibit of the same run, or else of the same trial."""
    found = [
        exhibit
        for exhibit in scored.part.exhibits
        if all(exhibit.labels[key] == labels[key] for key in ("subject", "trial"))
    ]
    found.sort(key=lambda exhibit: dict(exhibit.labels) != dict(labels))
    return _anchor(scored, found[0]) if found else ""


def _anchor(scored: ScoredPart, exhibit: Exhibit) -> str:
    return f"part {scored.number} exhibit {list(scored.part.exhibits).index(exhibit) + 1}"


def _title(exhibit: Exhibit) -> str:
    labels = exhibit.labels
    return f"{exhibit.role.capitalize()} run: {labels['subject']}, {labels['trial']}"


def _error(exhibit: Exhibit, measure: Measure) -> str:
    unit = measure.unit
    return f"{measure.noun} {with_unit(exhibit.mean_error, unit, digits_of(unit))}"


def _waveforms(exhibit: Exhibit, measure: Measure) -> FigureBlock | Text:
    labels = exhibit.labels
    factors = ", ".join(f"{k} {v}" for k, v in labels.items() if k not in LABELS)
    told = f"{_error(exhibit, measure)} with {factors}"
    try:
        with unheard():
            aligned = align(exhibit.reference, exhibit.estimate)
        shared = set(aligned.reference.names) & set(aligned.estimate.names)
        names = [name for name in _KEY_ANGLES if name in shared]
        figure = waveform_figure(aligned.reference, aligned.estimate, names or None)
    except KinebenchError as error:
        return Text(f"{_title(exhibit)} cannot be drawn: {error}")
    caption = f"{_title(exhibit)}: {told}."
    return FigureBlock(as_svg(figure, page=True), caption, f"{exhibit.role} run, {told}")
