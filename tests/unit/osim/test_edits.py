from __future__ import annotations

import re

import pytest

from kinebench.core import Document, Model
from kinebench.errors import ModelError
from kinebench.osim.edits import (
    body_names,
    body_scale_factors,
    document_root,
    marker_names,
    with_marker_set,
    with_renamed_markers,
    without_dependent_leaves,
    without_forces,
)


def replaced(model: Model, old: str, new: str) -> Model:
    assert old.encode() in model.xml, f"the test has nothing to replace: {old}"
    return Model(model.name, model.xml.replace(old.encode(), new.encode()))


def marker_set(body: str) -> Document:
    return Document(
        "set",
        f"""<OpenSimDocument Version="40500"><MarkerSet name="markerset"><objects>
<Marker name="NEW"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>
<location>0 0 0</location></Marker></objects></MarkerSet></OpenSimDocument>""".encode(),
    )


def test_names_are_read_in_order(leg_model: Model) -> None:
    assert body_names(leg_model) == ("pelvis", "femur_r", "tibia_r", "patella_r")
    assert marker_names(leg_model)[:4] == ("ASIS", "PSIS", "SACRUM", "THIGH")


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("30000", "OpenSim cannot rewrite leg, which is of an older format: std::exc"),
        ("new", "leg is of format 'new'; OpenSim writes numbers such as 40000"),
        ("9" * 5000, "leg is of format '99999999999999999999'; OpenSim"),
    ],
)
def test_a_false_format_is_refused(leg_model: Model, version: str, message: str) -> None:
    """Its content is of today's format, so OpenSim cannot rewrite it."""
    old = replaced(leg_model, 'Version="40500"', f'Version="{version}"')
    with pytest.raises(ModelError, match=message):
        document_root(old)


def test_damaged_xml_is_named(leg_model: Model) -> None:
    with pytest.raises(ModelError, match="leg is no valid XML"):
        document_root(Model("leg", leg_model.xml[:-40]))


def test_scale_factors_come_from_the_geometry(leg_model: Model) -> None:
    factors = body_scale_factors(
        replaced(leg_model, "<scale_factors>1 1 1", "<scale_factors>2 3 4")
    )
    assert factors["femur_r"] == (2.0, 3.0, 4.0)


def test_a_body_without_geometry_has_no_factors(leg_model: Model) -> None:
    bare = re.sub(rb"<attached_geometry>.*?</attached_geometry>", b"", leg_model.xml, flags=re.S)
    assert body_scale_factors(Model("bare", bare)) == {}


def test_a_marker_set_replaces_the_markers(leg_model: Model) -> None:
    marked = with_marker_set(leg_model, marker_set("tibia_r"))
    assert marker_names(marked) == ("NEW",)
    assert body_names(marked) == body_names(leg_model)


def test_a_marker_set_for_another_model_is_refused(leg_model: Model) -> None:
    with pytest.raises(
        ModelError, match=r"marker NEW of set sits on /bodyset/hand_r.*leg does not"
    ):
        with_marker_set(leg_model, marker_set("hand_r"))


def test_a_document_without_marker_set_is_refused(leg_model: Model, leg_setup: Document) -> None:
    with pytest.raises(ModelError, match="leg_setup has no MarkerSet"):
        with_marker_set(leg_model, leg_setup)


def test_markers_are_renamed_and_others_stay(leg_model: Model) -> None:
    renamed = marker_names(with_renamed_markers(leg_model, {"ASIS": "r.ASIS", "nothing": "x"}))
    assert renamed == ("r.ASIS", *marker_names(leg_model)[1:])


def test_forces_go(leg_model: Model) -> None:
    assert b"CoordinateActuator" in leg_model.xml
    assert b"CoordinateActuator" not in without_forces(leg_model).xml


def test_the_patella_goes_with_joint_and_coupler(leg_model: Model) -> None:
    lean = without_dependent_leaves(leg_model)
    assert body_names(lean) == ("pelvis", "femur_r", "tibia_r")
    assert b"patella" not in lean.xml
    assert b"knee_beta_r" not in lean.xml
    assert b"knee_angle_r" in lean.xml


def test_a_patella_with_a_marker_stays(leg_model: Model) -> None:
    marked = with_marker_set(leg_model, marker_set("patella_r"))
    assert "patella_r" in body_names(without_dependent_leaves(marked))


def test_a_body_between_others_stays_though_its_coordinate_depends(leg_model: Model) -> None:
    carrying = replaced(
        leg_model,
        "<dependent_coordinate_name>knee_beta_r",
        "<dependent_coordinate_name>hip_flexion_r",
    )
    bare = with_marker_set(carrying, marker_set("tibia_r"))  # no marker on the thigh either
    assert "femur_r" in body_names(without_dependent_leaves(bare))


def test_geometry_drawn_small_to_begin_with_is_no_scaling() -> None:
    def drawn(factor: float) -> Model:
        return Model(
            "hand",
            b"<OpenSimDocument Version='40000'><Model><BodySet><objects><Body name='hand_r'>"
            b"<attached_geometry><Mesh><scale_factors>%.17g 1 1</scale_factors></Mesh>"
            b"</attached_geometry></Body></objects></BodySet></Model></OpenSimDocument>" % factor,
        )

    scaled, generic = drawn(0.85 * 1.1), drawn(0.85)
    assert body_scale_factors(scaled, generic)["hand_r"] == pytest.approx((1.1, 1.0, 1.0))
    assert body_scale_factors(scaled)["hand_r"] == pytest.approx((0.935, 1.0, 1.0))
