from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from kinebench.core import Document, Subject
from kinebench.errors import ScalingError
from kinebench.osim.edits import document_root
from kinebench.scaling.setup import (
    ScalingFiles,
    fitted_setup,
    lost_measurements,
    placing_markers,
    pulled_coordinates,
    setup_remarks,
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
        ("rib LAnkle", False),
        ("Lumbar r_ankle", False),
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


def test_slips_are_told_of_pairs_that_the_trial_has(leg_setup: Document) -> None:
    """A pair of which a marker is missing is not measured: nothing is odd about the result."""
    setup = Document("s", leg_setup.xml.replace(b"THIGH KNEE", b"RKnee LAnkle"))
    (remark,) = setup_remarks(setup, (*MARKERS, "HEEL", "RKnee", "LAnkle"))
    assert (remark.code, remark.severity) == ("set-up slips", "warning")
    assert remark.where == ("RKnee", "LAnkle")
    assert remark.message == (
        "s measures between RKnee and LAnkle: these markers are on opposite sides (apparently a"
        " slip in the published set-up, used unchanged)"
    )
    for there in (("RKnee",), ("LAnkle",), ()):
        told = setup_remarks(setup, (*MARKERS, "HEEL", *there))
        assert "set-up slips" not in [remark.code for remark in told]


def test_lost_measurements_are_told_with_what_stays_unscaled(leg_setup: Document) -> None:
    (remark,) = setup_remarks(leg_setup, MARKERS)
    assert (remark.code, remark.severity, remark.where) == (
        "measurements lost",
        "warning",
        ("foot",),
    )
    assert remark.message == (
        "the static trial has no complete marker pair for foot, which leg_setup measures: what they"
        " scale keeps the generic model's size"
    )
    assert setup_remarks(leg_setup, (*MARKERS, "HEEL")) == ()


@pytest.mark.parametrize(
    ("weight", "places"),
    [("0", False), ("1", True), ("0.001", True), (" 7 ", True), ("-1", False), (None, True)],
)
def test_a_task_places_by_any_weight_above_zero(
    fitted: Document, weight: str | None, places: bool
) -> None:
    """OpenSim's weight is 1 where none is stated."""
    for kind, name, found in (
        ("IKMarkerTask", "KNEE", placing_markers),
        ("IKCoordinateTask", "knee_angle_r", pulled_coordinates),
    ):
        root = document_root(fitted)
        (task,) = root.iterfind(f".//{kind}[@name='{name}']")
        for child in task.findall("weight"):
            task.remove(child)
        if weight is not None:
            ET.SubElement(task, "weight").text = weight
        apply = task.find("apply")
        assert apply is not None
        apply.text = "true"
        changed = Document("fitted", ET.tostring(root))
        assert (name in found(changed)) is places
        apply.text = "false"
        assert name not in found(Document("fitted", ET.tostring(root)))


def test_a_weight_that_is_no_number_is_named(fitted: Document) -> None:
    text = fitted.xml.replace(b"<weight>10</weight>", b"<weight>ten</weight>", 1)
    with pytest.raises(ScalingError, match=r"task 'ASIS': weight 'ten' is not a number"):
        placing_markers(Document("fitted", text))
