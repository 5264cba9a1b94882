"""
Filters
=======

What a low-pass filter on the keypoints does to joint angles, and to their velocities.
"""

import warnings

import pandas as pd

import kinebench as kb

trial = kb.virtual_trial("one squat", subject=2)
pipeline = {"body": "lab", "augmenter": "lab-1", "warm_up": 1.0, "engine": "fast"}
filters = {
    "none": None,
    "12 Hz": "butterworth:12",
    "6 Hz": "butterworth:6",
    "2 Hz": "butterworth:2",
}

# every run tells anew that augmented markers fit less well than is good practice
warnings.filterwarnings("ignore", message="static marker errors")

# %%
# The same recording, cleaned in four ways. ``velocity_rmse`` is the error of the angular velocity.

errors = {}
for name, steps in filters.items():
    result = kb.run(trial, clean=steps, **pipeline)
    table = kb.compare(trial.reference_motion, result.motion).to_dataframe()
    knee = table.query("coordinate == 'knee_angle_r'").set_index("metric")["value"]
    errors[name] = {"angle, °": knee["rmse"], "velocity, °/s": knee["velocity_rmse"]}
pd.DataFrame(errors).T.round(1)

# %%
# The angle hardly changes, the velocity does: which filter is best depends on what is to be
# measured. How far the filter moved one keypoint, and the keypoint after it:

smooth = kb.clean(trial.keypoints, "butterworth:6")
moved = kb.compare(trial.keypoints, smooth).to_dataframe()
moved.query("marker == 'RAnkle' and metric == 'distance_rms'")[
    ["marker", "metric", "value", "unit"]
]

# %%

ankle = kb.plot(smooth, names=["RAnkle"])
