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
