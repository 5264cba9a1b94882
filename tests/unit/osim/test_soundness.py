from __future__ import annotations

import pytest

from kinebench.core import Model
from kinebench.errors import ModelError
from kinebench.osim.soundness import require_sound


def test_a_whole_model_passes(leg_model: Model) -> None:
    require_sound(leg_model)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<location>0.1 ", "<location>nan ", "location of ASIS is 'nan 0.0 0.1'"),
        ("<location>0.1 ", "<location>", "location of ASIS is '0.0 0.1'"),
        ("<mass>8<", "<mass>eight<", "mass of femur_r is 'eight'"),
        ("<range>-2 0.1", "<range>-2 inf", "range of hip_flexion_r"),
        ("/bodyset/tibia_r</socket_parent>", "/bodyset/shin</socket_parent>", "joint knee_r sits"),
        ("femur_r_offset</socket_child", "lost</socket_child", "joint hip_r sits on 'lost'"),
        (
            "/bodyset/pelvis</socket_parent_frame><",
            "/bodyset/hip</socket_parent_frame><",
            "marker ASIS sits on '/bodyset/hip'",
        ),
        ("/ground</socket_parent_frame>", "/gruond</socket_parent_frame>", "joint ground_pelvis"),
    ],
)
def test_damage_that_would_end_the_process_is_named(
    leg_model: Model, old: str, new: str, fault: str
) -> None:
    text = leg_model.xml.decode().replace("</socket_parent_frame>\n", "</socket_parent_frame>")
    assert old in text
    with pytest.raises(ModelError, match="leg is damaged") as caught:
        require_sound(Model("leg", text.replace(old, new).encode()))
    assert fault in str(caught.value)


def test_many_faults_are_counted(leg_model: Model) -> None:
    broken = leg_model.xml.replace(b"<location>", b"<location>x ")
    with pytest.raises(ModelError, match="and 5 more"):
        require_sound(Model("leg", broken))


def with_knee_frame_beyond(leg_model: Model, path: str) -> Model:
    """The knee's frame in the thigh sits on another frame of the same joint, named relatively."""
    outer = '<PhysicalOffsetFrame name="outer"><socket_parent>/bodyset/femur_r</socket_parent>'
    knee = leg_model.xml.decode().index('name="knee_r"')
    head, joint = leg_model.xml.decode()[:knee], leg_model.xml.decode()[knee:]
    joint = joint.replace("/bodyset/femur_r<", f"{path}<", 1)
    joint = joint.replace("<frames>", f"<frames>{outer}</PhysicalOffsetFrame>", 1)
    return Model("leg", (head + joint).encode())


@pytest.mark.parametrize("path", ["../outer", "../../../bodyset/femur_r", "/jointset/knee_r/outer"])
def test_relative_paths_of_frames_are_followed(leg_model: Model, path: str) -> None:
    require_sound(with_knee_frame_beyond(leg_model, path))


@pytest.mark.parametrize("path", ["../lost", "../../outer", "../../../bodyset/shin"])
def test_relative_paths_that_lead_nowhere_are_named(leg_model: Model, path: str) -> None:
    with pytest.raises(ModelError, match=f"joint knee_r sits on '{path}'"):
        require_sound(with_knee_frame_beyond(leg_model, path))


def test_a_markers_frame_may_be_named_relatively(leg_model: Model) -> None:
    text = leg_model.xml.decode()
    old = "/bodyset/pelvis</socket_parent_frame>"
    assert old in text
    require_sound(
        Model("leg", text.replace(old, "../../bodyset/pelvis</socket_parent_frame>").encode())
    )
    with pytest.raises(ModelError, match="marker ASIS sits on"):
        require_sound(
            Model("leg", text.replace(old, "../../bodyset/hip</socket_parent_frame>").encode())
        )
