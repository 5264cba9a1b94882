from __future__ import annotations

import pytest

from kinebench.core import Model
from kinebench.errors import ModelError
from kinebench.kinematics import read_tree
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


JOINT = (
    '<CustomJoint name="j"><socket_parent_frame>/ground</socket_parent_frame>'
    "<socket_child_frame>/bodyset/b</socket_child_frame>"
    '<coordinates><Coordinate name="q"><range>-1 1</range></Coordinate></coordinates>'
    "<SpatialTransform>{axes}</SpatialTransform></CustomJoint>"
)
LINEAR = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"


def one_joint(function: str = LINEAR, coordinates: str = "q", joint: str = JOINT) -> Model:
    """A body that moves by one function about one axis."""
    still = "<coordinates></coordinates><axis>1 0 0</axis><Constant><value>0</value></Constant>"
    moving = f"<coordinates>{coordinates}</coordinates><axis>0 0 1</axis>{function}"
    axes = "".join(
        f'<TransformAxis name="{kind}{number}">'
        f"{moving if (kind, number) == ('rotation', 1) else still}</TransformAxis>"
        for kind in ("rotation", "translation")
        for number in (1, 2, 3)
    )
    text = (
        '<OpenSimDocument Version="40500"><Model name="m">'
        '<BodySet><objects><Body name="b"><mass>1</mass></Body></objects></BodySet>'
        f"<JointSet><objects>{joint.format(axes=axes)}</objects></JointSet>"
        '<MarkerSet><objects><Marker name="a"><socket_parent_frame>/bodyset/b'
        "</socket_parent_frame><location>0 0 1</location></Marker></objects></MarkerSet>"
        "</Model></OpenSimDocument>"
    )
    return Model("m", text.encode())


def test_one_joint_is_sound() -> None:
    require_sound(one_joint())
    read_tree(one_joint())


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ("<LinearFunction><coefficients></coefficients></LinearFunction>", "coefficients of a Lin"),
        (
            "<LinearFunction><coefficients>1</coefficients></LinearFunction>",
            "coefficients of a Lin",
        ),
        (
            "<LinearFunction><coefficients>1 2 3</coefficients></LinearFunction>",
            "of 3 coefficients",
        ),
        (
            "<PolynomialFunction><coefficients/></PolynomialFunction>",
            "coefficients of a Polynomial",
        ),
        ("<PolynomialFunction><coefficients>1 x</coefficients></PolynomialFunction>", "'1 x'"),
        ("<Constant><value>nan</value></Constant>", "value of a Constant is 'nan'"),
        ("<Constant><value></value></Constant>", "value of a Constant is ''"),
        ("<Sine><omega>inf</omega></Sine>", "omega of a Sine is 'inf'"),
        ("<SimmSpline><x>0</x><y>0</y></SimmSpline>", "a SimmSpline of 1 points, 2 are needed"),
        ("<SimmSpline/>", "a SimmSpline of 0 points"),
        ("<SimmSpline><x>0 1</x><y>0</y></SimmSpline>", "a SimmSpline with 2 x and 1 y"),
        ("<SimmSpline><x>0 0</x><y>0 1</y></SimmSpline>", "a SimmSpline whose x do not increase"),
        ("<SimmSpline><x>0 1</x><y>0 nan</y></SimmSpline>", "points that are no numbers"),
        ("<GCVSpline><half_order>9</half_order></GCVSpline>", "half_order of a GCVSpline"),
        ("<GCVSpline><x>0 1 2</x><y>0 1 2</y></GCVSpline>", "of 3 points, 6 are needed"),
        ("<MultiplierFunction><function/></MultiplierFunction>", "without a function"),
        (
            f"<MultiplierFunction><function>{LINEAR.replace('1 0', '1')}</function>"
            "</MultiplierFunction>",
            "coefficients of a LinearFunction",
        ),
        ("", "a coordinate and no function in axis rotation1 of CustomJoint j"),
    ],
)
def test_functions_on_which_opensim_ends_the_process(function: str, fault: str) -> None:
    with pytest.raises(ModelError, match="m is damaged") as caught:
        require_sound(one_joint(function))
    assert fault in str(caught.value)
    with pytest.raises(ModelError, match="m is damaged"):
        read_tree(one_joint(function))


@pytest.mark.parametrize(
    "kind", ["Sine", "SimmSpline", "PolynomialFunction", "StepFunction", "PiecewiseLinearFunction"]
)
def test_a_function_of_nothing_is_refused(kind: str) -> None:
    content = "<x>0 1</x><y>0 1</y>" if "Spline" in kind or "Piecewise" in kind else ""
    with pytest.raises(ModelError, match=f"a {kind} without a coordinate in axis rotation1"):
        require_sound(one_joint(f"<{kind}>{content}</{kind}>", coordinates=""))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('<Coordinate name="q">', '<Coordinate name="">', "a coordinate has no name"),
        (">q<", ">p<", "coordinate p, which the joint does not have, in axis rotation1"),
        ('"rotation2"', '"rotation1"', "has not the axes rotation1 to translation3"),
        ("<axis>0 0 1</axis>", "<axis>0 0 -0.0</axis>", "no direction in axis rotation1"),
        ("<axis>0 0 1</axis>", "<axis>0 1</axis>", "axis of rotation1 is '0 1'"),
        ("<range>-1 1", "<range>1 -1", "range of q descends: '1 -1'"),
        ("<location>0 0 1", "<location>0 0 1e999", "location of a is '0 0 1e999'"),
        ('<Marker name="a">', '<Marker name=" ">', "a marker has no name"),
        ("/bodyset/b</socket_child", "/bodyset/c</socket_child", "body b has no joint"),
    ],
)
def test_parts_that_mean_nothing(old: str, new: str, fault: str) -> None:
    text = one_joint().xml.decode()
    assert old in text
    with pytest.raises(ModelError, match="m is damaged") as caught:
        require_sound(Model("m", text.replace(old, new).encode()))
    assert fault in str(caught.value)


def test_a_joint_without_coordinates_is_refused() -> None:
    bare = JOINT.replace('<Coordinate name="q"><range>-1 1</range></Coordinate>', "")
    with pytest.raises(ModelError, match="CustomJoint j has no coordinate"):
        require_sound(one_joint("<Constant/>", coordinates="", joint=bare))


@pytest.mark.parametrize("name", ["ASIS", "PSIS"])
def test_a_doubled_marker_is_refused_by_every_reader(leg_model: Model, name: str) -> None:
    doubled = Model("leg", leg_model.xml.replace(b'name="TOE"', f'name="{name}"'.encode()))
    for read in (require_sound, read_tree):
        with pytest.raises(ModelError, match=f"2 markers are called {name}"):
            read(doubled)


def test_a_coupler_of_nothing_is_refused(leg_model: Model) -> None:
    text = leg_model.xml.decode()
    for old, new, fault in (
        ("<coefficients>1 0</coefficients>", "<coefficients></coefficients>", "coefficients of a"),
        ("names>knee_angle_r<", "names>shin<", "names coordinate 'shin', which does not exist"),
        ("names>knee_angle_r<", "names><", "has no function of a coordinate"),
        ("name>knee_beta_r<", "name><", "names coordinate '', which does not exist"),
    ):
        assert old in text
        with pytest.raises(ModelError, match="leg is damaged") as caught:
            require_sound(Model("leg", text.replace(old, new).encode()))
        assert fault in str(caught.value)


def test_an_old_model_is_checked_before_opensim_rewrites_it() -> None:
    broken = one_joint("<LinearFunction><coefficients/></LinearFunction>").xml
    with pytest.raises(ModelError, match="m is damaged: coefficients of a LinearFunction"):
        require_sound(Model("m", broken.replace(b"40500", b"30000")))
