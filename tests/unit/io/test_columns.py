"""What columns hold, by the names of OpenSim's tools and of public models."""

from __future__ import annotations

import pytest

from kinebench.io.columns import coordinate_of, kind_by_name, other_contents, reasons_left_out

LENGTHS = """
    pelvis_tx Pelvis_ty pelvis_TX knee_tx_r pf_ty_l tib_tx_r pat_ty_l Abs_t1 Abs_t2 xTranslation
    zTranslation TX tx_pelvis ground_thorax_tz meniscus_medial_ty_r knee_translation_x_l platform_ty
    pelvisTranslationX root_pos_x block_tz socket_pistoning ball_tz
    pelvis_t_x pelvis_px pelvis_x Pelvis_Z root_y pelvis_height knee_compression_r scapula_glide
    knee_anterior_posterior_l tibia_AP_r tibia_ML x_disp hip_distraction_l knee_drawer
""".split()  # noqa: SIM905
ANGLES = """
    pelvis_tilt pelvis_list pelvis_rotation hip_adduction_l knee_angle_r_beta knee_angle_pat_r
    pat_angle_l subtalar_angle_r mtp_angle_l lumbar_bending arm_rot_r pro_sup_l wrist_dev_r Abs_r3
    xRotation Pelvis_rx LHip_rz T1_T2_FE T12_L1_LB L5_S1_Flex_Ext L4_L5_AR T1_head_neck_FE clav_prot
    clav_elev scapula_abduction scapula_upward_rot scapula_winging plane_elv shoulder_elv axial_rot
    ground_thorax_rot_x elv_angle shoulder_rot deviation flexion thumb_abd r_elbow_flex
    knee_rot_r pf_tilt_l arm_add_l torso_rotation
""".split()  # noqa: SIM905
OTHERS = {
    "a force or moment": """
        ground_force_vx ground_force_px 1_ground_torque_y R_ground_force_vy ground_force_1_mx
        l_foot_vy calcn_r_right_foot_Fx calcn_r_right_foot_Tx calcn_r_right_foot_px FX MZ Fx1 F1X
        fz_2 GroundReactionForceX grf_r_vx COP_x knee_angle_r_moment pelvis_tx_force FP1_vz
        hip_flexion_r_reserve pelvis_tx_corrector ground_pelvis_on_pelvis_in_ground_mz
        GRFz_R vGRF_l COPx CoP_AP knee_angle_r_mom knee_r_jrf_x KneeMoment_Nm
    """.split(),  # noqa: SIM905
    "a speed": """
        knee_angle_r_u knee_angle_r/speed knee_vel hip_flexion_r_velocity hip_flexion_r_dot
        hip_flexion_r_velocity_deg_s knee_vel_rad_per_s
    """.split(),  # noqa: SIM905
    "an acceleration": """
        knee_angle_r_acc knee_angle_r_udot hip_acceleration knee_ddot hip_acc_deg_s2
    """.split(),  # noqa: SIM905
    "a count or a label": """
        frame Frame# Frames frame_number index sample event phase gait_cycle percent trial
    """.split(),  # noqa: SIM905
    "how sure something is": "knee_confidence RKnee_likelihood reprojection_score".split(),  # noqa: SIM905
    "the spread of another column": "knee_angle_r_std knee_angle_r_se knee_angle_r_ci_low".split(),  # noqa: SIM905
    "a marker position": """
        RKnee_x RKnee_y RKnee_z LHeelX LHeelY LHeelZ r_knee_study_X r_knee_study_Y r_knee_study_Z
    """.split(),  # noqa: SIM905
    "a state of a muscle": """
        soleus_r.activation soleus_r.fiber_length /forceset/soleus_r/activation soleus_r_activation
        /forceset/tfl_l/fiber_length EMG1 tib_ant_emg RightMuscle.activation soleus_r_fibre_length
    """.split(),  # noqa: SIM905
    "a muscle": """
        soleus_r r_soleus glut_med1_r glmax2_l addmagIsch_r bflh_r recfem_l DELT1 BIClong TRIlat
        vasint_r ercspn_l rect_fem_r hamstrings_l add_mag3_r rectfem_l
    """.split(),  # noqa: SIM905
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths(name: str) -> None:
    assert kind_by_name(name) == "translational"


@pytest.mark.parametrize("name", ANGLES)
def test_angles(name: str) -> None:
    assert kind_by_name(name) == "rotational"


@pytest.mark.parametrize("name", ["a", "q1", "coord_0", "freejoint_coord_3", "hip_x", "stretch"])
def test_names_that_do_not_say(name: str) -> None:
    assert kind_by_name(name) is None


def test_no_coordinate_of_a_public_model_is_taken_for_something_else() -> None:
    assert reasons_left_out([*LENGTHS, *ANGLES]) == {}


@pytest.mark.parametrize("reason", OTHERS)
def test_columns_that_are_no_coordinates(reason: str) -> None:
    columns = ["knee_angle_r", *OTHERS[reason]]
    assert reasons_left_out(columns) == dict.fromkeys(range(1, len(columns)), reason)


def test_a_name_that_ends_like_a_speed_is_one_only_beside_its_coordinate() -> None:
    assert reasons_left_out(["menu_u"]) == {}


def test_a_translation_is_a_torque_or_a_point_only_beside_its_force() -> None:
    assert reasons_left_out(["foot_Tx", "foot_px"]) == {}
    assert len(reasons_left_out(["foot_Tx", "foot_px", "foot_Fx"])) == 3


def test_spreads_are_columns_beside_their_own_and_markers_come_in_threes() -> None:
    assert reasons_left_out(["lumbar_var", "SI_lower", "RHip_x", "RHip_y"]) == {}


def test_markers_beside_coordinates() -> None:
    markers = [f"{name}_t{axis}" for name in ("R.ASIS", "Sternum") for axis in "xyz"]
    columns = ["pelvis_tx", "pelvis_ty", "pelvis_tz", *markers, "knee_tx_r"]
    assert reasons_left_out(columns) == dict.fromkeys(range(3, 9), "a marker position")


def test_with_a_model_nothing_else_is_a_coordinate() -> None:
    columns = ["soleus_r", "/jointset/knee/q/value", "/jointset/knee/q/speed", "wing"]
    assert reasons_left_out(columns, {"soleus_r", "q"}) == {
        2: "a speed",
        3: "no coordinate of the model",
    }


def test_columns_of_states() -> None:
    assert coordinate_of("/jointset/walker_knee_r/knee_angle_r/value") == "knee_angle_r"
    assert coordinate_of("knee_r/knee_angle_r/value") == "knee_angle_r"
    assert coordinate_of("/jointset/walker_knee_r/knee_angle_r/speed").endswith("speed")
    assert coordinate_of("knee_angle_r") == "knee_angle_r"


@pytest.mark.parametrize(
    ("table", "contents"),
    [
        ("Coordinates", ""),
        ("subject01_walk1", ""),
        ("Position of the trial", ""),
        ("Speeds", "speeds"),
        ("Inverse Dynamics Generalized Forces", "joint moments"),
        ("Inverse Dynamics", "joint moments"),
        ("controls", "controls"),
        ("ActuatorForces", "forces, powers or speeds of actuators"),
        ("Model Marker Locations from IK", "marker positions or errors"),
    ],
)
def test_tables_of_opensim_under_the_names_of_coordinates(table: str, contents: str) -> None:
    assert other_contents(table, ["knee_angle_r"]) == contents


def test_controls_are_told_from_a_group_of_that_name() -> None:
    assert other_contents("healthy_controls", ["knee_angle_r"]) == ""
    assert other_contents("walk_RRA_controls", ["FX", "knee_angle_r"]) == "controls"
