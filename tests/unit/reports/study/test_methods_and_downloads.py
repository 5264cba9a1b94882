from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import math
import re
from dataclasses import replace

import pytest

from kinebench.augmentation import NoAugmentation
from kinebench.augmentation.catalogue import version
from kinebench.cleaning import CLEANERS, Butterworth, KalmanSmoother, SmoothingSpline
from kinebench.datasets import find_card
from kinebench.metrics import FigureRow, FigureTable, Kind
from kinebench.reports.blocks import Document, Download, Downloads, Section, Text
from kinebench.reports.html import as_html
from kinebench.reports.study import StudyPart
from kinebench.reports.study.downloads import downloads_section
from kinebench.reports.study.inputs import full_manifest, inputs_of
from kinebench.reports.study.methods import methods_section
from kinebench.reports.study.scored import scored
from kinebench.reports.study.values import (
    augmenters_of,
    cards_of,
    levels_of,
    values_of,
)
from kinebench.reports.study.works import works_cited
from kinebench.studies.analysis.results import result_table
from kinebench.studies.changes import Changes
from kinebench.studies.design import Factor, Level
from kinebench.studies.plan import cells


@pytest.fixture(scope="module")
def section(part: StudyPart) -> Section:
    return downloads_section("Filters & more", [scored(1, part)], "the command")


def files_of(section: Section) -> dict[str, Download]:
    block = section.blocks[0]
    assert isinstance(block, Downloads)
    return {file.name: file for file in block.files}


def table_of(file: Download) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode())))


def test_effects_can_be_taken_away(section: Section) -> None:
    rows = table_of(files_of(section)["filters-more-effects.csv"])
    assert {row["activity"] for row in rows} == {"squat"}
    assert [(row["factor"], row["level"]) for row in rows] == [
        ("filter", "6 Hz"), ("filter", "Challis"), ("augmenter", "lab-1"),
    ]  # fmt: skip
    assert float(rows[2]["change_deg"]) == pytest.approx(2)
    assert float(rows[0]["low_deg"]) < -1 < float(rows[0]["high_deg"])
    latex = files_of(section)["filters-more-effects.tex"].content.decode()
    assert r"\toprule" in latex
    assert "augmenter & lab-1 & v0.3 & squat & 2.00" in latex
    assert r"Filters \& more" in latex


def test_every_run_is_listed(section: Section, part: StudyPart) -> None:
    rows = table_of(files_of(section)["filters-more-runs.csv"])
    planned = list(cells(part.study))
    assert [row["trial"] for row in rows] == [cell.labels["trial"] for cell in planned]
    assert float(rows[0]["mean_error_deg"]) == pytest.approx(5.0)
    assert float(rows[0]["offset_removed_deg"]) == pytest.approx(2.5)
    assert {row["status"] for row in rows} == {"done"}


def test_every_metric_of_a_run_is_listed(part: StudyPart) -> None:
    """As it is judged, in the unit of its column: a bias of -0.2 rad on a side counts 0.2."""
    columns = ("velocity_rmse", "acceleration_rmse")
    metrics = ("rmse", "bias", "offset_removed_rmse", *columns)
    outcome = replace(
        part.outcomes[0],
        figures=FigureTable.of(
            [
                FigureRow(Kind.COORDINATE, f"knee_angle_{side}", metric, value, unit)
                for side, sign in (("r", 1), ("l", -1))
                for metric, value, unit in (
                    ("bias", sign * 0.2, "rad"),
                    ("velocity_rmse", 1.0, "rad/s"),
                    ("acceleration_rmse", 2.0, "rad/s²"),
                )
            ]
        ),
    )  # fmt: skip
    study = replace(part.study, metrics=metrics)
    one = scored(1, replace(part, study=study, outcomes=(outcome,), exhibits=()))
    (row,) = table_of(files_of(downloads_section("Filters", [one], "c"))["filters-runs.csv"])
    assert row["mean_error_deg"] == ""
    assert float(row["abs_bias_deg"]) == pytest.approx(math.degrees(0.2))
    assert float(row["velocity_rmse_deg_per_s"]) == pytest.approx(math.degrees(1.0))
    assert float(row["acceleration_rmse_deg_per_s2"]) == pytest.approx(math.degrees(2.0))


def test_sides_can_be_taken_away(section: Section) -> None:
    rows = table_of(files_of(section)["filters-more-sides.csv"])
    lowered = [row for row in rows if (row["what"], row["level"]) == ("hip", "lab-1")]
    assert float(lowered[0]["mean"]) == pytest.approx(-8.5)
    assert lowered[0]["unit"] == "mm"
    listed = [row for row in rows if row["what"] == "pelvis list bias"]
    assert float(listed[0]["mean"]) == pytest.approx(math.degrees(0.015))


def test_small_results_are_inside_and_the_same(section: Section, part: StudyPart) -> None:
    content = files_of(section)["filters-more-results.csv.gz"].content
    assert gzip.decompress(content).decode() == result_table(part.study, part.outcomes)


def test_large_results_stay_outside(part: StudyPart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinebench.reports.study.downloads._LARGEST_RESULTS", 100)
    monkeypatch.setattr("kinebench.reports.study.downloads._LARGEST_PLAIN", 1000)
    section = downloads_section("Filters", [scored(1, part)], "c")
    names = list(files_of(section))
    assert "filters-results.csv.gz" not in names
    assert "filters-runs.csv.gz" in names
    said = section.blocks[-1]
    assert isinstance(said, Text)
    assert said.content.startswith(f"All {24 * 15} figures are in results.csv")


def test_links_in_the_page_decode_to_the_files(section: Section) -> None:
    page = as_html(Document("T", (section,)))
    links = re.findall(r'href="data:([^;]+);base64,([^"]+)" download="([^"]+)"', page)
    found = {name: (kind, base64.b64decode(content)) for kind, content, name in links}
    assert {name: content for name, (_, content) in found.items()} == {
        name: file.content for name, file in files_of(section).items()
    }
    assert found["filters-more-effects.csv"][0] == "text/csv"
    assert found["filters-more-results.csv.gz"][0] == "application/octet-stream"


def test_downloads_are_the_same_bytes_each_time(section: Section, part: StudyPart) -> None:
    again = downloads_section("Filters & more", [scored(1, part)], "the command")
    assert again == section


def test_the_manifest_names_inputs_and_command(section: Section, hostile_part: StudyPart) -> None:
    about = json.loads(files_of(section)["filters-more-manifest.json"].content)
    assert about["command"] == "the command"
    assert about["parts"][0]["outcomes"] == {"done": 24}
    assert "kinebench" in about["parts"][0]["versions"]
    real = full_manifest("T", [hostile_part], "c")
    card = find_card("opencap-session-subject0")
    listed = {(one["from"], one["name"]): one["sha256"] for one in real["inputs"]}
    for file in card.files:
        assert listed["dataset opencap-session-subject0", file.path] == file.sha256


def test_weights_and_documents_are_inputs(part: StudyPart) -> None:
    found = inputs_of([part])
    weights = [one for one in found if "v0.3" in one[1]]
    assert {one[0] for one in weights} == {"dataset opencap-core"}
    assert any(one[1].endswith("weights.h5") for one in weights)
    assert not any("v0.1" in one[1] for one in found)
    assert [one for one in found if one[0] == "augmenter lab-1"]
    assert ("pipeline", part.study.base.generic.name, part.study.base.generic.digest) in found
    assert len(found) == len(set(found))


def test_what_is_used_is_cited(part: StudyPart) -> None:
    dois = [work.doi for work in works_cited([part])]
    for used in ("10.1371/journal.pcbi.1006223", "10.1109/TBME.2025.3530848",
                 "10.1123/jab.15.3.303", "10.1002/9780470549148"):  # fmt: skip
        assert used in dois
    assert any("Holm" in work.text for work in works_cited([part]))
    # the laboratory's own body is not OpenCap's model, and no spline was used
    for unused in ("10.1038/s41598-022-13386-9", "10.1016/0141-1195(86)90098-7"):
        assert unused not in dois
    named = list(works_cited([part, part]))
    assert len(named) == len(set(named))


def test_filters_bring_their_works(part: StudyPart) -> None:
    levels = (Level("spline", (SmoothingSpline(),)), Level("kalman", (KalmanSmoother(),)))
    study = replace(part.study, factors=(Factor("filter", "clean", levels),))
    dois = {work.doi for work in works_cited([replace(part, study=study)])}
    assert {"10.1016/0167-9457(85)90004-1", "10.2514/3.3166"} <= dois
    assert "10.1123/jab.15.3.303" not in dois


def test_every_work_that_a_cleaner_cites_has_a_doi() -> None:
    stages = {entry.stage for entry in CLEANERS.values()}
    works = [work for stage in stages for work in getattr(stage, "citation", ())]
    assert len(works) > 10
    assert all(re.fullmatch(r"10\.\d{4,}/\S+", work.doi) for work in works)


def test_datasets_bring_their_citation(hostile_part: StudyPart) -> None:
    works = works_cited([hostile_part])
    # that of OpenCap itself stands there once
    assert [work.doi for work in works].count("10.1371/journal.pcbi.1011462") == 1


def test_walking_through_a_study(part: StudyPart) -> None:
    kinds = {type(value).__name__ for value in values_of(part.study)}
    assert {"Butterworth", "Challis", "LSTMAugmenter", "FastIK"} <= kinds
    assert levels_of(part.study, "augment.version") == ["v0.3", "lab-1"]
    assert levels_of(part.study, "augment.warm_up_s") == [1.0]
    assert levels_of(part.study, "augment.nothing") == []
    assert "Median" not in kinds


def test_augmenters_are_those_of_base_and_levels(part: StudyPart) -> None:
    own = replace(version("v0.2"), name="mine")
    without = Changes((("augment", NoAugmentation()),))
    levels = tuple(Level(str(i), value) for i, value in enumerate(("v0.1", own, without)))
    study = replace(part.study, factors=(Factor("augmenter", "augment.version", levels),))
    assert [row.name for row in augmenters_of(study)] == ["v0.3", "v0.1", "mine"]
    base = replace(part.study.base, augment=NoAugmentation())
    assert augmenters_of(replace(part.study, base=base, factors=())) == []


def test_datasets_that_no_card_describes_have_none(hostile_part: StudyPart) -> None:
    assert [card.name for card in cards_of(hostile_part.study)] == ["opencap-session-subject0"]
    assert cards_of(replace(hostile_part.study, datasets=("nobody-knows",))) == []


def test_methods_say_what_was_done(part: StudyPart, hostile_part: StudyPart) -> None:
    section = methods_section([part, hostile_part])
    text = " ".join(block.content for block in section.blocks if isinstance(block, Text))
    assert "4 trials (exact truth) of 4 subjects (squat)" in text
    assert "filter (none, 6 Hz, Challis); augmenter (v0.3, lab-1); 24 runs in all" in text
    assert "augmenter v0.3 with 1 s of warm-up" in text
    assert "keypoints were not filtered" in text
    assert "numpy" in text
    base = replace(part.study.base, clean=(Butterworth(6.0),))
    other = replace(part, study=replace(part.study, base=base, factors=part.study.factors[1:]))
    told = " ".join(b.content for b in methods_section([other]).blocks if isinstance(b, Text))
    assert "keypoints were cleaned by a zero-lag Butterworth filter, anatomical" in told
