"""
What the marker augmenter costs
===============================

OpenCap predicts 43 anatomical markers from 20 keypoints before it solves. In the laboratory the
true markers are known, so that what the prediction costs can be told from the rest: stage by
stage.

``lab-1`` is an augmenter of kinebench's own. It was trained on virtual people, and so flatters
itself on those that are filmed as it saw them; this rig of cameras is another. OpenCap's ``v0.3``
takes its place by its name alone.
"""

import kinebench as kb

trial = kb.virtual_trial("one squat", subject=4, camera="plausible:2")

# %%
# One model, scaled on the augmented static trial as in practice.

static = kb.augment(trial.static, trial.subject, "lab-1", warm_up=1.0)
model = kb.scale(static, trial.subject, body="lab", engine="fast").model
model

# %%
# The same inverse kinematics, once of predicted and once of true markers.

predicted = kb.augment(trial.keypoints, trial.subject, "lab-1", warm_up=1.0)
solved = {
    "predicted markers": kb.solve(model, predicted, engine="fast"),
    "true markers": kb.solve(model, trial.reference_markers, engine="fast"),
}

# %%
# What is left with true markers is the scaled model's share of the error.

truth = trial.reference_motion
for name, solution in solved.items():
    print(f"{name}: {kb.compare(truth, solution.motion)!r}")

# %%

legs = ["hip_flexion_r", "knee_angle_r", "ankle_angle_r"]
of_predicted = kb.plot(kb.compare(truth, solved["predicted markers"].motion), names=legs)

# %%

of_true = kb.plot(kb.compare(truth, solved["true markers"].motion), names=legs)
