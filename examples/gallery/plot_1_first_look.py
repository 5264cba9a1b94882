"""
First look at a session
=======================

What a session holds, what its keypoints look like, and whether they are to be trusted.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import kinebench as kb
from kinebench.lab import Population
from kinebench.lab.camera.catalogue import parse_camera
from kinebench.lab.motions import Squat
from kinebench.studies.sources.lab_session import LabSession

# %%
# A virtual person's session stands for a download; with one of your own, begin below.

scratch = TemporaryDirectory()
folder = Path(scratch.name) / "OpenCapData_1"
squats = (("squats", Squat(repetitions=2)),)
visit = LabSession(Population().subject(3), squats, errors=parse_camera("two-phones"))
_ = visit.write(folder)

# %%
# Trials and subject, as the session states them.

session = kb.read_session(folder)
print(session.trials)
print(session.subject)

# %%
# The keypoints of a trial. Gaps would be gaps in the lines.

keypoints = kb.read_markers(session.files("squats").keypoints)
keypoints

# %%

keypoints_over_time = kb.plot(keypoints, names=["RKnee", "LKnee", "midHip", "RAnkle"])

# %%
# Every check that can be made without a reference, trial by trial.

print(kb.audit(folder))
