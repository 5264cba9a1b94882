"""Curves over a repetition, errors by phase and joint centres, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kinebench.comparison.cycles import PARTS, CycleCurves
from kinebench.comparison.joint_centres import JointCentreError
from kinebench.core.body_groups import BODY_GROUPS, TRANSLATIONS, group_of
from kinebench.core.model import Model
from kinebench.reports.blocks import Block, FigureBlock, Section, TableBlock
from kinebench.reports.figures import as_svg, cycle_figure
from kinebench.reports.tables import Table
from kinebench.reports.units import readable, readable_estimate, readable_unit

_MOST_DRAWN = 12  # coordinates of one part of the body: a leg's five, twice, and two more


def part_table(methods: Mapping[str, Sequence[CycleCurves]]) -> Table:
    """RMSE of each part of the body in each quarter of a repetition: a method a row."""
    rows = []
    for group in BODY_GROUPS:
        for name, curves in methods.items():
            own = [one for one in curves if group_of(one.item, one.unit) == group]
            if own:
                unit = "m" if group == TRANSLATIONS else "rad"
                means = np.mean([one.by_part for one in own], axis=0)
                cells = (readable(float(mean), unit) for mean in means)
                rows.append((group, name, readable_unit(unit), *cells))
    return Table(("part of the body", "method", "unit", *PARTS), tuple(rows), n_labels=3)


def cycle_section(
    methods: Mapping[str, Sequence[CycleCurves]], group: str | None = None
) -> Section | None:
    """Mean ± SD curves and errors by phase; None where no repetition was scored.

    Parameters
    ----------
    methods : mapping of str to sequence of CycleCurves
    group : str, optional
        Part of the body that is drawn; the first that there is.
    """
    every = {c.item: c for curves in methods.values() for c in curves}
    if not every:
        return None
    groups = [group] if group else list(BODY_GROUPS)
    items: list[str] = []
    for chosen in groups:
        items = [item for item, one in every.items() if group_of(item, one.unit) == chosen]
        if items:
            break
    items = (items or list(every))[:_MOST_DRAWN]
    shown = {name: [c for c in curves if c.item in items] for name, curves in methods.items()}
    kinds = {(c.of, len(c.estimate)) for curves in shown.values() for c in curves}
    of = " or ".join(sorted({kind for kind, _ in kinds}))
    counts = sorted({n for _, n in kinds})
    n = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    blocks: list[Block] = [
        FigureBlock(
            as_svg(cycle_figure(shown, items), page=True),
            f"Mean curves over a repetition, with bands of ± 1 SD over {n} {of}.",
            "Mean curves of the reference and of each method; errors by phase are in the table.",
        )
    ]
    table = part_table(methods)
    if table.rows:
        said = "RMSE in each quarter of a repetition: mean over repetitions, trials and subjects,"
        blocks.append(TableBlock(table, f"{said} and the coordinates of a part of the body."))
    return Section("Over a repetition", tuple(blocks))


def joint_centre_table(methods: Mapping[str, Sequence[JointCentreError]]) -> Table:
    """Mean distance of joint centres in ground and from the pelvis: a joint a row."""
    names = list(methods)
    by_joint = {name: {one.joint: one for one in own} for name, own in methods.items()}
    rows = tuple(
        (joint, *_distances(by_joint, names, joint))
        for joint in dict.fromkeys(one.joint for own in methods.values() for one in own)
    )
    one = len(names) == 1
    header = [
        title if one else f"{name}, {title}"
        for name in names
        for title in ("mm", "from pelvis, mm")
    ]
    return Table(("joint centre", *header), rows, n_labels=1)


def _distances(
    by_joint: Mapping[str, Mapping[str, JointCentreError]], names: Sequence[str], joint: str
) -> Iterator[str]:
    for name in names:
        found = by_joint[name].get(joint)
        for figure in (found.in_ground, found.from_pelvis) if found else (None, None):
            yield (
                readable_estimate(figure.summary.mean, figure.interval, "m", 1) if figure else "—"
            )


def joint_centre_section(
    methods: Mapping[str, Sequence[JointCentreError]], models: Mapping[str, Model]
) -> Section:
    """How far joint centres are apart when all motions of a subject move one model."""
    several = len(models) > 1
    on = "the subject's own scaled model" if several else next(iter(models.values())).name
    caption = (
        f"Mean distance of joint centres over all frames, all motions on {on}, so that no scaling"
        " is in it: as placed in the room, and with the pelvis's origin at one place."
        + (" Trials are averaged per subject; 95 % intervals over subjects." if several else "")
    )
    return Section("Joint centres", (TableBlock(joint_centre_table(methods), caption),))
