from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.metrics import FigureRow, FigureTable, Kind
from kinebench.reports.blocks import (
    Details,
    Document,
    FigureBlock,
    Listing,
    Section,
    TableBlock,
    Text,
)
from kinebench.reports.html import as_html
from kinebench.reports.study import StudyPart
from kinebench.reports.study.causes import SharedFigure, causes_section
from kinebench.reports.study.hindsight import hindsight_section
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.execution.cells import Outcome

TILT, POSE = "tilt <b>", "pose"
MM = {"none": 0.0, "bad": 0.001}


def part(factors: tuple[Factor, ...], value: Any, n_subjects: int = 3) -> StudyPart:
    """Outcomes whose two rows are a side drop and an RMSE of the knee."""
    levels = itertools.product(*([level.label for level in f.levels] for f in factors))
    cells = itertools.product(range(n_subjects), levels)
    outcomes = [
        Outcome(
            index,
            {
                "subject": f"s{subject}",
                "trial": "squat",
                "activity": "squat",
                **{f.name: label for f, label in zip(factors, labels, strict=True)},
            },
            "done",
            "",
            FigureTable.of(
                FigureRow(kind, item, metric, value(subject, *labels), unit)
                for kind, item, metric, unit in (
                    (Kind.LANDMARK, "hip", "side_drop", "m"),
                    (Kind.COORDINATE, "knee_angle_r", "rmse", "rad"),
                )
            ),
        )
        for index, (subject, labels) in enumerate(cells)
    ]
    base: Any = NoAugmentation()
    study = Study("s", "why?", base, factors, ())
    return StudyPart("Virtual subjects", study, outcomes)


def factor(name: str, *labels: str) -> Factor:
    return Factor(name, f"data.{name}", tuple(Level(label, label) for label in labels))


HIP = SharedFigure("hip height", "m", lambda found: found.value(Kind.LANDMARK, "hip", "side_drop"))
CAUSES = (factor(POSE, "none", "bad"), factor(TILT, "none", "bad"))


@pytest.fixture(scope="module")
def causes() -> Section:
    # the tilt moves the hip by −10 mm ± 1, the pose by 2 mm
    return causes_section(
        "Causes",
        part(CAUSES, lambda s, pose, tilt: 2 * MM[pose] - (9 + s) * MM[tilt]),
        [HIP],
        note="Mind this.",
    )


def test_causes_are_ranked_by_size_with_numbers_from_the_cells(causes: Section) -> None:
    lead, _, listed, told, table, _ = causes.blocks
    assert isinstance(lead, Text)
    assert lead.content.startswith(f"{TILT} moves the hip height most: −10.00 mm [−12.48, −7.52]")
    assert "83 % of the sizes" in lead.content
    assert isinstance(listed, Listing)
    assert [item.split(":")[0] for item in listed.items] == [TILT, POSE]
    assert isinstance(told, Text)
    assert told.content.endswith("on 3 trials. Shares add up to the whole. Mind this.")
    assert isinstance(table, TableBlock)
    assert table.table.header == ("factor", "hip height, mm", "mean size, mm")
    assert table.table.rows[0] == (TILT, "−10.00 [−12.48, −7.52]", "10.00")
    # of every subject the same: an interval without width
    assert table.table.rows[1] == (POSE, "2.00 [2.00, 2.00]", "2.00")


def test_causes_go_into_a_page_escaped(causes: Section) -> None:
    page = as_html(Document("t", (causes,)))
    assert "tilt &lt;b&gt;" in page
    assert "tilt <b>" not in page
    assert any(isinstance(block, FigureBlock) for block in causes.blocks)


def test_without_full_trials_there_is_nothing_to_share() -> None:
    section = causes_section("Causes", part(CAUSES, lambda *_: math.nan), [HIP])
    assert [block.content for block in section.blocks if isinstance(block, Text)] == [
        "No trial was done at all levels of all factors."
    ]


def test_hindsight_tells_best_worst_and_counts() -> None:
    filters = (factor("filter", "none", "4 Hz", "6 Hz", "auto"),)
    error = {"none": 0.05, "4 Hz": 0.02, "6 Hz": 0.03, "auto": 0.025}

    def value(subject: int, level: str) -> float:
        # the third subject needs the higher cut-off
        return 0.01 if (subject, level) == (2, "6 Hz") else error[level]

    section = hindsight_section(
        "Hindsight", part(filters, value), "filter", ["4 Hz", "6 Hz"], "activity"
    )
    texts = [block.content for block in section.blocks if isinstance(block, Text)]
    tables = [block.table for block in section.blocks if isinstance(block, TableBlock)]
    assert texts[0].startswith("Always taking '4 Hz' is +0.191°")
    assert "the worst filter, 'none', +1.910°" in texts[0]
    assert "chosen for every recording with the truth at hand: 3 recordings" in texts[1]
    assert tables[0].rows[0][:2] == ("4 Hz", "0.191")
    assert tables[1].rows == (("squat", "2", "1"),)
    as_html(Document("t", (section,)))


def test_of_one_subject_there_is_no_interval() -> None:
    found = part(CAUSES, lambda s, pose, tilt: 2 * MM[pose] - 9 * MM[tilt], n_subjects=1)
    lead = causes_section("Causes", found, [HIP]).blocks[0]
    assert isinstance(lead, Text)
    assert "most: −9.00 mm, 82 % of the sizes" in lead.content
    filters = (factor("filter", "4 Hz", "6 Hz"),)
    one = part(filters, lambda s, f: 0.02 if f == "4 Hz" else 0.03, n_subjects=1)
    lead = hindsight_section("H", one, "filter", ["4 Hz", "6 Hz"], "activity").blocks[0]
    assert isinstance(lead, Text)
    assert lead.content.startswith("Always taking '4 Hz' is 0.000° from the best")


def test_hindsight_without_full_trials_says_so() -> None:
    filters = (factor("filter", "none", "4 Hz"),)
    section = hindsight_section(
        "Hindsight", part(filters, lambda *_: math.nan), "filter", ["4 Hz"], "activity"
    )
    (text,) = section.blocks
    assert isinstance(text, Text)
    assert "No trial" in text.content


def in_two_activities(factors: tuple[Factor, ...], squat: Any, gait: Any) -> StudyPart:
    squats, walks = part(factors, squat), part(factors, gait)
    other = {"trial": "walk", "activity": "gait"}
    walked = [replace(outcome, labels=outcome.labels | other) for outcome in walks.outcomes]
    return replace(squats, outcomes=[*squats.outcomes, *walked])


def test_causes_are_shared_out_in_each_activity() -> None:
    """Over both the share of the tilt would be none."""
    both = in_two_activities(
        CAUSES,
        lambda s, pose, tilt: 2 * MM[pose] - (9 + s) * MM[tilt],
        lambda s, pose, tilt: -2 * MM[pose] + (9 + s) * MM[tilt],
    )
    section = causes_section("Causes", both, [HIP])
    leads = [one.content for one in section.blocks if isinstance(one, Text) and one.lead]
    assert [lead.split(",")[0] for lead in leads] == [
        f"squat: {TILT} moves the hip height most: −10.00 mm [−12.48",
        f"gait: {TILT} moves the hip height most: +10.00 mm [7.52",
    ]
    (unfolds,) = (block for block in section.blocks if isinstance(block, Details))
    assert unfolds.summary == "gait"


def test_a_share_that_may_be_chance_is_not_called_more() -> None:
    swaying = part(CAUSES, lambda s, pose, tilt: (s - 1.1) * MM[tilt])
    lead = causes_section("Causes", swaying, [HIP]).blocks[0]
    assert isinstance(lead, Text)
    assert ", not told apart from none, 100 % of the sizes" in lead.content


def test_regret_is_of_each_activity() -> None:
    filters = (factor("filter", "4 Hz", "6 Hz"),)
    both = in_two_activities(
        filters,
        lambda s, f: 0.02 if f == "4 Hz" else 0.03,
        lambda s, f: 0.04 if f == "4 Hz" else 0.02,
    )
    section = hindsight_section("H", both, "filter", ["4 Hz", "6 Hz"], "activity")
    leads = [one.content for one in section.blocks if isinstance(one, Text) and one.lead]
    assert [lead.partition("°")[0] for lead in leads] == [
        "squat: Always taking '4 Hz' is 0.000",
        "gait: Always taking '6 Hz' is 0.000",
    ]
    tables = [block.table for block in section.blocks if isinstance(block, TableBlock)]
    assert tables[-1].rows == (("squat", "3", "0"), ("gait", "0", "3"))
