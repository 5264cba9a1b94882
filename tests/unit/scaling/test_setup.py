from __future__ import annotations

import pytest

from kinebench.core import Document, Subject
from kinebench.errors import ScalingError
from kinebench.osim.edits import document_root
from kinebench.scaling.setup import (
    ScalingFiles,
    fitted_setup,
    lost_measurements,
    placing_markers,
    swapped_side_pairs,
)

MARKERS = ("ASIS", "THIGH", "KNEE", "TOE")


@pytest.fixture
def fitted(leg_setup: Document) -> Document:
    return fitted_setup(
        leg_setup, Subject(72.5, 1.78), (0.5, 1.25), MARKERS, {"knee_angle_r"}, ScalingFiles()
    )


def test_subject_files_and_times_are_filled_in(fitted: Document) -> None:
    root = document_root(fitted)
    assert root.findtext(".//mass") == "72.5"
    assert root.findtext(".//height") == "1.78"
    assert root.findtext(".//GenericModelMaker/model_file") == "generic.osim"
    for part in ("ModelScaler", "MarkerPlacer"):
        assert root.findtext(f".//{part}/marker_file") == "static.trc"
        assert root.findtext(f".//{part}/time_range") == "0.5 1.25"


def test_pairs_and_tasks_that_cannot_be_met_are_switched_off(fitted: Document) -> None:
    root = document_root(fitted)
    assert [pair.text for pair in root.iterfind(".//MarkerPair/markers")] == ["THIGH KNEE"]
    applied = {m.get("name"): m.findtext("apply") for m in root.iterfind(".//Measurement")}
    assert applied == {"thigh": "true", "foot": "false"}
    assert placing_markers(fitted) == MARKERS
    tasks = {t.get("name"): t.findtext("apply") for t in root.iterfind(".//IKCoordinateTask")}
    assert tasks == {"knee_angle_r": "false", "nowhere": "false"}


def test_the_set_up_itself_stays(leg_setup: Document, fitted: Document) -> None:
    assert b"there.osim" in leg_setup.xml
    assert b"there.osim" not in fitted.xml


def test_no_measurement_left_is_an_error_that_names_what_is_shared(leg_setup: Document) -> None:
    with pytest.raises(ScalingError, match=r"no marker pair that leg_setup measures.*TOE"):
        fitted_setup(leg_setup, Subject(70, 1.8), (0, 1), ["TOE"], [], ScalingFiles())


def test_another_document_is_no_set_up(leg_model: Document) -> None:
    with pytest.raises(ScalingError, match="leg is no scaling set-up"):
        fitted_setup(leg_model, Subject(70, 1.8), (0, 1), MARKERS, [], ScalingFiles())


def test_lost_measurements_are_those_without_a_complete_pair(leg_setup: Document) -> None:
    assert lost_measurements(leg_setup, MARKERS) == ("foot",)
    assert lost_measurements(leg_setup, ("TOE",)) == ("thigh", "foot")
    assert lost_measurements(leg_setup, (*MARKERS, "HEEL")) == ()


@pytest.mark.parametrize(
    ("pair", "swapped"),
    [
        ("R_wrist_radius L_elbow_med", True),
        ("r_knee r_ankle", False),
        ("r.ASIS L.ASIS", False),
        ("RHJC_study LHJC_study", False),
        ("RKnee LAnkle", True),
        ("C7 r_ankle", False),
        ("Neck LAnkle", False),
    ],
)
def test_a_pair_across_sides_is_a_slip_unless_it_measures_a_width(
    leg_setup: Document, pair: str, swapped: bool
) -> None:
    document = Document("s", leg_setup.xml.replace(b"THIGH KNEE", pair.encode()))
    assert swapped_side_pairs(document) == ((tuple(pair.split()),) if swapped else ())


def test_a_slip_in_a_measurement_that_is_off_does_not_matter(leg_setup: Document) -> None:
    text = leg_setup.xml.replace(b"THIGH KNEE", b"RKnee LAnkle")
    text = text.replace(b'name="thigh"><apply>true', b'name="thigh"><apply>false')
    assert swapped_side_pairs(Document("s", text)) == ()
