"""
Video against motion capture
============================

Two systems share neither a clock nor a frame: both are found, told, and taken out, and no more.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import kinebench as kb

trial = kb.virtual_trial("squat", subject=5)
result = kb.run(trial, body="lab", augmenter="lab-1", warm_up=1.0, engine="fast")

# %%
# The mocap's clock is 0.4 s ahead.

scratch = TemporaryDirectory()
mocap, video = (Path(scratch.name) / name for name in ("mocap.mot", "video.mot"))
kb.write(mocap, replace(trial.reference_motion, times=trial.reference_motion.times + 0.4))
kb.write(video, result.motion)

# %%

found = kb.validate(mocap, video, coordinates=["hip_flexion_r", "knee_angle_r", "ankle_angle_r"])
print(found)

# %%
# What was done to bring them together:

for remark in found.remarks:
    print(f"{remark.code}: {remark.message}")

# %%

curves = kb.plot(kb.compare(trial.reference_motion, result.motion), names=["knee_angle_r"])
