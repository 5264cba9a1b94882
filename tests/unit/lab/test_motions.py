"""Motions: feet on the ground, smoothness, ranges, and parameters that do what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Motion
from kinebench.errors import KinebenchWarning, ValueRangeError
from kinebench.io.mot import read_motion
from kinebench.kinematics import forward_kinematics, marker_positions
from kinebench.lab.body import Body, generic_body
from kinebench.lab.feet import sole_points
from kinebench.lab.motions import (
    ArmRaise,
    CounterMovementJump,
    DropJump,
    Gait,
    MotionModel,
    Replay,
    SitToStand,
    Squat,
    Standing,
)
from kinebench.lab.opencap_body import opencap_body
from kinebench.lab.paths import bump, hermite, smooth_step
from kinebench.lab.population import Population
from kinebench.lab.posture import Figure, Stance
from kinebench.lab.subjects import VirtualSubject

BODY = generic_body()
UNEVEN = Population(name="uneven", leg_difference_m=0.012).subject(2).body()
MOTIONS: tuple[MotionModel, ...] = (
    Squat(repetitions=1),
    Squat(repetitions=1, depth_deg=115.0, shift_m=0.03, drop_deg=4.0, twist_deg=5.0),
    SitToStand(repetitions=1),
    Standing(duration_s=2.0),
    ArmRaise(repetitions=1, plane=0.5),
    Gait(strides=2),
    CounterMovementJump(),
    DropJump(),
)
PLANTED = (Squat, SitToStand, Standing, ArmRaise)


def soles(body: Body, motion: Motion) -> np.ndarray:
    """Sole points (n_points, n_frames, 3)."""
    R, p = forward_kinematics(body.tree, motion.values)
    return np.array(
        [
            p[:, b] + R[:, b] @ location
            for side in "rl"
            for _, b, location in sole_points(body.tree, side)
        ]
    )


def assert_on_the_ground(body: Body, model: MotionModel, motion: Motion) -> None:
    points = soles(body, motion)
    ground = np.zeros(motion.n_frames)
    if isinstance(model, DropJump):
        # the box ends where the feet stood
        ground = np.where(points[..., 0].max(axis=0) < points[:, 0, 0].max() + 1e-6, 0.3, 0.0)
    assert (points[..., 1] - ground).min() > -0.002
    if isinstance(model, PLANTED):
        assert np.abs(points - points[:, :1]).max() < 1e-6
    rest = points[..., 1] - ground < 1e-5
    both = rest[:, 1:] & rest[:, :-1]
    slide = np.linalg.norm(np.diff(points[..., [0, 2]], axis=1), axis=-1)[both]
    assert both.mean() > 0.15
    # a point that touches in two frames does not move between them
    assert slide.max() < 3e-4


@pytest.mark.parametrize("model", MOTIONS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("body", [BODY, UNEVEN], ids=["generic", "uneven legs"])
def test_feet_neither_sink_nor_slide(model: MotionModel, body: Body) -> None:
    motion = model(body, 100.0)
    assert np.isfinite(motion.values).all()
    assert_on_the_ground(body, model, motion)
    assert motion.names == body.tree.coordinate_names


@pytest.mark.mirror
@pytest.mark.parametrize(
    "model", [Squat(repetitions=1, depth_deg=80.0), Gait(strides=1)], ids=["squat", "gait"]
)
def test_motions_play_on_opencaps_model(
    model: MotionModel, mirror_file: Callable[[str], Path]
) -> None:
    mirror_file("opensimPipeline/Models/LaiUhlrich2022.osim")
    body = opencap_body()
    assert_on_the_ground(body, model, model(body, 60.0))


@pytest.mark.parametrize("model", MOTIONS, ids=lambda m: type(m).__name__)
def test_acceleration_is_continuous(model: MotionModel) -> None:
    """Halving the interval halves the largest change of acceleration; a step would stay."""

    def largest_change(rate_hz: float) -> float:
        values = model(BODY, rate_hz).values
        acceleration = np.diff(values, 2, axis=0) * rate_hz**2
        return float(np.abs(np.diff(acceleration, axis=0)).max())

    rate_hz = 200.0 if isinstance(model, PLANTED) else 800.0
    assert largest_change(2 * rate_hz) < 0.7 * largest_change(rate_hz)


def test_squat_reaches_its_depth_as_often_as_asked() -> None:
    motion = Squat(depth_deg=80.0, repetitions=4, tempo_s=2.0, pause_s=0.5)(BODY, 100.0)
    knee = np.degrees(motion.value("knee_angle_r"))
    assert knee.max() == pytest.approx(80.0, abs=0.2)
    np.testing.assert_allclose(knee, np.degrees(motion.value("knee_angle_l")), atol=1e-4)
    deep = knee > 70
    assert np.count_nonzero(deep[1:] & ~deep[:-1]) == 4
    assert motion.times[-1] == pytest.approx(0.5 + 4 * 2.5)
    bottom = motion.times[int(np.argmax(knee[:200]))]
    assert bottom == pytest.approx(1.5, abs=0.02)


def test_asymmetry_of_a_squat() -> None:
    straight = Squat(repetitions=1)(BODY, 50.0)
    crooked = Squat(repetitions=1, shift_m=0.03, drop_deg=4.0)(BODY, 50.0)
    bottom = int(np.argmax(straight.value("knee_angle_r")))
    tree = BODY.tree
    hips = tree.marker_names.index("midHip")
    moved = (
        marker_positions(tree, crooked.values[bottom])
        - marker_positions(tree, straight.values[bottom])
    )[hips]
    assert moved[2] == pytest.approx(0.03, abs=1e-9)
    assert np.degrees(crooked.value("pelvis_list")[bottom]) == pytest.approx(4.0, abs=1e-9)
    at = marker_positions(tree, crooked.values[bottom])
    names = tree.marker_names
    assert at[names.index("RHip"), 1] < at[names.index("LHip"), 1] - 0.008
    assert crooked.value("knee_angle_r")[bottom] > crooked.value("knee_angle_l")[bottom]


def test_butt_wink_tilts_the_pelvis_back_and_leaves_the_trunk() -> None:
    plain = Squat(repetitions=1, butt_wink_deg=0.0)(BODY, 50.0)
    wink = Squat(repetitions=1, butt_wink_deg=12.0)(BODY, 50.0)
    bottom = int(np.argmax(plain.value("knee_angle_r")))
    change = np.degrees(wink.values - plain.values)[bottom]
    column = plain.names.index
    assert change[column("pelvis_tilt")] == pytest.approx(12.0, abs=0.01)
    assert change[column("lumbar_extension")] == pytest.approx(-12.0, abs=0.01)
    half_way = int(np.argmin(np.abs(plain.times - 0.9)))
    np.testing.assert_allclose(wink.values[half_way], plain.values[half_way], atol=1e-9)


def test_rising_from_a_chair() -> None:
    motion = SitToStand(seat_height_m=0.5, repetitions=1)(BODY, 50.0)
    hips = marker_positions(BODY.tree, motion.values, ("midHip",))[:, 0]
    assert hips[0, 1] == pytest.approx(0.5, abs=1e-9)
    assert hips[:, 1].max() == pytest.approx(0.876, abs=0.005)
    assert hips[-1, 1] == pytest.approx(0.5, abs=1e-9)
    assert np.degrees(motion.value("knee_angle_r")[0]) > 80


def test_walking_has_the_speed_and_cadence_asked_for() -> None:
    gait = Gait(speed_m_s=1.1, cadence_per_min=108.0, strides=3)
    motion = gait(BODY, 100.0)
    tx = motion.value("pelvis_tx")
    assert (tx[-1] - tx[0]) / motion.times[-1] == pytest.approx(1.1, abs=0.01)
    heels = marker_positions(BODY.tree, motion.values, ("RHeel", "LHeel"))
    for side in range(2):
        speed = np.gradient(heels[:, side, 0], motion.times)
        swinging = speed > 0.8
        starts = motion.times[1:][swinging[1:] & ~swinging[:-1]]
        np.testing.assert_allclose(np.diff(starts), 120.0 / 108.0, atol=0.03)
    right = motion.value("knee_angle_r")[:111]
    left = motion.value("knee_angle_l")
    half = round(100 * 60 / 108)
    # the left side does the same half a stride later
    np.testing.assert_allclose(left[half : half + 100], right[:100], atol=0.04)
    assert 45 < np.degrees(right.max()) < 75


def test_jumps_fly_on_a_parabola_of_the_height_asked_for() -> None:
    motion = CounterMovementJump(height_m=0.2)(BODY, 500.0)
    hips = marker_positions(BODY.tree, motion.values, ("midHip",))[:, 0, 1]
    lowest = soles(BODY, motion)[..., 1].min(axis=0)
    acceleration = np.diff(hips, 2) * 500**2
    fall = np.flatnonzero(np.abs(acceleration + 9.80665) < 1e-3) + 1
    # one parabola, as long and as high as asked for, and feet in the air only during it
    np.testing.assert_array_equal(np.diff(fall), 1)
    assert len(fall) / 500 == pytest.approx(2 * np.sqrt(2 * 0.2 / 9.80665), rel=0.03)
    assert hips.max() - hips[fall[0]] == pytest.approx(0.2, abs=0.01)
    air = np.flatnonzero(lowest > 1e-6)
    assert fall[0] - 2 <= air[0] < air[-1] <= fall[-1] + 2
    assert len(air) > 0.9 * len(fall)
    assert np.degrees(motion.value("knee_angle_r")).max() == pytest.approx(90.0, abs=1.0)


def test_drop_jump_comes_down_from_the_box_and_jumps_again() -> None:
    motion = DropJump(box_m=0.3, distance_m=0.4)(BODY, 100.0)
    points = soles(BODY, motion)
    assert points[:, 0, 1] == pytest.approx(np.full(8, 0.3), abs=1e-6)
    assert points[:, -1, 1] == pytest.approx(np.zeros(8), abs=1e-6)
    assert (points[:, -1, 0] - points[:, 0, 0]) == pytest.approx(np.full(8, 0.4), abs=1e-6)
    lowest = points[..., 1].min(axis=0)
    later = motion.times > 1.6
    assert lowest[later].max() > 0.1


def test_arms_are_raised_in_their_plane() -> None:
    forwards = ArmRaise(height_deg=90.0, plane=0.0, repetitions=1)(BODY, 50.0)
    sideways = ArmRaise(height_deg=90.0, plane=1.0, repetitions=1)(BODY, 50.0)
    rise = 1.7
    frame = round(rise * 50)
    wrists = ("RWrist", "LWrist")
    for motion, axis, sign in ((forwards, 0, (1, 1)), (sideways, 2, (1, -1))):
        still, up = marker_positions(BODY.tree, motion.values[[0, frame]], wrists)
        assert (sign * (up - still)[:, axis] > 0.35).all()
        assert ((up - still)[:, 1] > 0.3).all()


def test_sway_has_its_size_and_its_name() -> None:
    one = Standing(duration_s=60.0, sway_m=0.005)(BODY, 10.0)
    other = Standing(duration_s=60.0, sway_m=0.005, name="other")(BODY, 10.0)
    hips = marker_positions(BODY.tree, one.values, ("midHip",))[:, 0]
    assert np.std(hips[:, 0]) == pytest.approx(0.005, rel=0.15)
    assert np.std(hips[:, 2]) == pytest.approx(0.0025, rel=0.15)
    assert np.abs(one.values - other.values).max() > 1e-3


def test_a_replay_returns_the_recording() -> None:
    squat = Squat(repetitions=1)(BODY, 60.0)
    np.testing.assert_allclose(Replay(squat)(BODY).values, squat.values, atol=1e-9)
    faster = Replay(squat)(BODY, 120.0)
    np.testing.assert_allclose(faster.values[::2], squat.values, atol=1e-6)
    lifted = Motion(squat.coordinates, squat.times, squat.values + 0.0)
    raised = np.array(lifted.values)
    raised[:, squat.names.index("pelvis_ty")] += 0.2
    np.testing.assert_allclose(
        Replay(Motion(squat.coordinates, squat.times, raised))(BODY).values, squat.values, atol=1e-9
    )


def test_a_replay_names_what_it_lacks() -> None:
    squat = Squat(repetitions=1)(BODY, 20.0)
    names = [name for name in squat.names if name != "mtp_angle_r"]
    with pytest.warns(KinebenchWarning, match="lacks mtp_angle_r"):
        replayed = Replay(squat.select(names))(BODY)
    assert np.abs(replayed.value("mtp_angle_r")).max() == 0
    np.testing.assert_allclose(replayed.value("knee_angle_l"), squat.value("knee_angle_l"))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Squat(depth_deg=160.0), "is out of reach|needs (knee|ankle|hip)|no leg spans"),
        (Gait(speed_m_s=3.5), "is out of reach|needs"),
        (Squat(stance=Stance(width_m=2.5)), "no leg spans"),
    ],
)
def test_what_no_body_can_do_is_refused(model: MotionModel, message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        model(BODY, 30.0)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_illegal_parameters(wrong: float) -> None:
    with pytest.raises(ValueRangeError, match="tempo_s"):
        Squat(tempo_s=wrong)
    with pytest.raises(ValueRangeError, match="rate"):
        Squat(repetitions=1)(BODY, wrong)


def test_legs_differ_but_knees_do_not() -> None:
    motion = Standing(duration_s=0.5, sway_m=0.0)(UNEVEN, 20.0)
    knees = np.degrees([motion.value("knee_angle_r")[0], motion.value("knee_angle_l")[0]])
    np.testing.assert_allclose(knees, 8.0, atol=0.2)
    figure = Figure.of(UNEVEN)
    long, short = (figure.legs[side].thigh + figure.legs[side].shank for side in "rl")
    assert abs(long - short) > 0.004
    # the pelvis is higher over the longer leg
    assert np.sign(motion.value("pelvis_list")[0]) == np.sign(short - long)


def test_paths_meet_their_states() -> None:
    knots, states = (0.0, 0.7, 1.0), ((1.0, 2.0, -3.0), (0.5, -1.0, 4.0), (0.0, 0.0, 0.0))
    for knot, (value, rate, second) in zip(knots, states, strict=True):
        h = 1e-4
        inner = knot + h * np.array([0, 1, 2]) if knot < 1 else knot - h * np.array([0, 1, 2])
        y = hermite(inner, knots, states)
        sign = 1 if knot < 1 else -1
        assert y[0] == pytest.approx(value, abs=1e-12)
        assert sign * (-1.5 * y[0] + 2 * y[1] - 0.5 * y[2]) / h == pytest.approx(rate, abs=1e-3)
        assert (y[0] - 2 * y[1] + y[2]) / h**2 == pytest.approx(second, abs=0.15)
    assert hermite(-0.5, knots, states) == pytest.approx(1.0 - 0.5 * 2.0)
    # a parabola is met exactly
    t = np.linspace(0, 1, 11)
    fall = hermite(t, (0.0, 1.0), ((0.0, 3.0, -9.8), (3 - 4.9, 3 - 9.8, -9.8)))
    np.testing.assert_allclose(fall, 3 * t - 4.9 * t**2, atol=1e-12)


def test_steps_and_bumps() -> None:
    assert smooth_step([0.0, 1.0, 2.0, 3.0], 1.0, 2.0).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert smooth_step(1.5, 1.0, 2.0) == pytest.approx(0.5)
    assert bump([1.0, 1.5, 2.0, 5.0], 1.0, 2.0).tolist() == [0.0, 1.0, 0.0, 0.0]


def scaled_player(height_m: float) -> Body:
    return VirtualSubject("player", "male", height_m, 70.0).body()


@pytest.mark.parametrize("height_m", [1.53, 1.95])
@pytest.mark.parametrize("model", [Squat(repetitions=1), Gait(), DropJump()])
def test_a_replay_scales_the_path_to_the_legs(model: MotionModel, height_m: float) -> None:
    """A body of the same proportions does the same, larger; jumps fly as much higher."""
    recorded = model(BODY, 60.0)
    player = scaled_player(height_m)
    ratio = height_m / 1.70
    played = Replay(recorded)(player)
    for axis in "xyz":
        one, other = (motion.value(f"pelvis_t{axis}") for motion in (recorded, played))
        np.testing.assert_allclose(other - other[0], ratio * (one - one[0]), atol=0.006)
    held = Replay(recorded, scale_path=False)(player)
    np.testing.assert_allclose(held.value("pelvis_tx"), recorded.value("pelvis_tx"), atol=1e-12)
    assert slide(player, played) < 0.1 * slide(player, held)


def slide(body: Body, motion: Motion) -> float:
    """Median speed, m/s, over the ground of the lowest point of the soles.

    Of the frames in which the pelvis travels: at rest nothing slides but for rounding.
    """
    points = soles(body, motion)
    lowest = points[..., 1].argmin(axis=0)
    pelvis = np.stack([motion.value(f"pelvis_t{axis}") for axis in "xyz"], axis=1)
    travels = np.linalg.norm(np.diff(pelvis, axis=0), axis=1) * 60 > 0.01
    stays = np.flatnonzero((lowest[1:] == lowest[:-1]) & travels)
    steps = points[lowest[stays], stays + 1] - points[lowest[stays], stays]
    return float(np.median(np.linalg.norm(steps[:, [0, 2]], axis=1))) * 60


def test_a_replay_of_standing_keeps_its_sway() -> None:
    sway = Standing(duration_s=2.0, sway_m=0.002)(BODY, 60.0)
    played = Replay(sway)(scaled_player(1.95))
    for axis in "xz":
        path = f"pelvis_t{axis}"
        np.testing.assert_allclose(np.ptp(played.value(path)), np.ptp(sway.value(path)), rtol=0.15)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("file", "least"),
    [("Subject4/IK/squats1_manual_scaling_ik.mot", 1.3), ("OC_val/walking1.mot", 1.8)],
)
def test_recordings_slide_less_on_tall_players(
    file: str, least: float, mirror_file: Callable[[str], Path]
) -> None:
    recorded = read_motion(mirror_file(file))
    player = scaled_player(1.95)
    played, held = (Replay(recorded, scale_path=scale)(player) for scale in (True, False))
    assert slide(player, held) > least * slide(player, played)


# every 5 % of a stride from the heel's strike; Winter 1991, natural cadence
WINTERS_KNEE_DEG = [4, 11, 18, 20, 18, 14.5, 11, 8, 6.5, 8, 13, 23, 38, 54, 63, 63, 54, 38, 19, 5]


def knee_of_stride(gait: Gait, body: Body, side: str = "r") -> np.ndarray:
    """Knee flexion at the shares of `WINTERS_KNEE_DEG`, °."""
    motion = gait(body, 200.0)
    half = 0.0 if side == "r" else gait.stride_s / 2
    times = half + gait.stride_s * np.arange(20) / 20
    return np.degrees(np.interp(times, motion.times, motion.value(f"knee_angle_{side}")))


@pytest.mark.parametrize("side", ["r", "l"])
@pytest.mark.parametrize("body", [BODY, UNEVEN], ids=["generic", "uneven legs"])
def test_knees_walk_as_in_the_literature(body: Body, side: str) -> None:
    knee = knee_of_stride(Gait(strides=2), body, side)
    assert np.sqrt(np.mean((knee - WINTERS_KNEE_DEG) ** 2)) < 5.5
    assert knee[0] < 12
    # it yields under the load, straightens in stance, bends in swing
    assert knee[0] < knee[2:5].max() < 26
    assert knee[6:10].min() < knee[2:5].max() - 5
    assert 58 < knee.max() < 70
    assert 13 <= np.argmax(knee) <= 15


@pytest.mark.parametrize(("speed_m_s", "cadence_per_min"), [(0.8, 98), (1.0, 104), (1.4, 118)])
def test_knees_land_nearly_straight_at_other_speeds(
    speed_m_s: float, cadence_per_min: float
) -> None:
    knee = knee_of_stride(Gait(speed_m_s, cadence_per_min, strides=1), BODY)
    assert knee[0] < 17
    assert 55 < knee.max() < 72


def test_the_pelvis_bounces_with_the_square_of_the_step() -> None:
    def height(gait: Gait) -> float:
        return float(np.ptp(gait(BODY, 100.0).value("pelvis_ty")))

    one = height(Gait(speed_m_s=0.9, strides=1))
    assert height(Gait(speed_m_s=1.2, strides=1)) == pytest.approx((4 / 3) ** 2 * one, rel=0.03)
    assert height(Gait(bounce_m=0.015, strides=1)) == pytest.approx(0.030, rel=0.03)


def test_pushing_off_turns_the_foot_about_the_tip_of_its_toes() -> None:
    gait = Gait(strides=1)
    motion = gait(BODY, 200.0)
    points = soles(BODY, motion)
    toe = points[3]
    leaves = motion.times < 0.57 * gait.stride_s
    raised = (motion.times > 0.45 * gait.stride_s) & leaves
    # the tip of the toes nearly rests: their axis is not quite across the foot
    assert np.ptp(toe[raised], axis=0).max() < 0.006
    early = motion.times < 0.66 * gait.stride_s
    flat = Gait(strides=1, push_off_deg=0.0)(BODY, 200.0)
    pitch = np.degrees(np.arcsin((points[0] - points[1])[:, 1] / np.linalg.norm(
        points[0] - points[1], axis=1)))  # fmt: skip
    assert pitch[early].max() > 55
    assert np.abs(flat.value("knee_angle_r") - motion.value("knee_angle_r"))[early].max() > 0.1
