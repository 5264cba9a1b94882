from my_pipeline import estimate


def test_angles_have_not_moved(kinebench_gate):
    kinebench_gate(estimate)


def test_a_squat_bends_the_knee_as_far_as_it_truly_does(kinebench_trial):
    trial = kinebench_trial("squat", subject=3)
    truth = trial.reference_motion.value("knee_angle_r").max()
    assert abs(estimate(trial).value("knee_angle_r").max() - truth) < 0.2
