"""A study file to start from."""

from __future__ import annotations

import json

from kinebench.studies.report_plan import SECTIONS

_TEMPLATE = """\
# A study: trials, factors with levels, and the pipeline that they vary.
#   kinebench study plan FILE              shows the cells without running any
#   kinebench study run FILE --out DIR     runs them, and goes on where it was stopped

name = {name}
question = "Does filtering the keypoints give truer joint angles?"

# What is computed per coordinate; the first that has a better and a worse is what the report is
# about, unless 'primary' names another.
metrics = ["rmse", "bias", "offset_removed_rmse"]
primary = "rmse"

# A change of the error within ± this many degrees is too small to matter: levels are then called
# equivalent where two one-sided tests show it. To be stated before the results are seen.
# margin = 0.5

# Sections beside the effects: {sections}, or the effects by another metric:
# {{ kind = "metric", metric = "velocity_rmse" }}, where "metrics" has it.
sections = ["causes"]

# Accepted headline figures that a run is held against; written by --accept.
# baseline = "baseline.json"

# Motions that are there already, several methods against one reference: then this line, name and
# question are all, without [base], [laboratory], [[trials]] and [[factors]]. The CSV has the
# columns reference, estimate, subject, trial, method (and lag_s); its paths start at its folder.
# pairs = "pairs.csv"

# The pipeline where no factor says otherwise.
[base]
engine = "fast"        # kinebench's own scaling and inverse kinematics; or "opensim"
body = "lab"           # the laboratory's own body, which needs no data; or "opencap"
augmenter = "lab-1"    # comes with kinebench; "v0.1" to "v0.3" need 'kinebench data fetch'
warm_up_s = 1.0        # the first frame repeated before the trial, for the augmenter
window = "standing from start"

# Virtual subjects, whose joint angles are known exactly.
[laboratory]
subjects = 2
activities = ["one squat"]
# people = "varied"     # each moves and is built as themselves ("moving", "shaped": one of the
#                       # two); "template", the default: one movement, scaled copies of one body
# trials = 3            # of every activity, which varied people do differently each time
# noise_seeds = 2       # every trial recorded so often, under other camera errors
# played_by = "opencap" # the body that plays the truth, when it is another than the one scaled
# skin = true           # reference markers move with skin and clothes over the bones

# One's own OpenCap session: each trial against the session's own result, or a file named by
# 'trial' and 'reference'. Paths are relative to this file.
# [[trials]]
# session = "OpenCapData_1"

# One's own files: keypoints and static trial as .trc, .c3d, .csv or .npz; reference as .mot.
# [[trials]]
# file = "squat.trc"
# static = "neutral.trc"
# reference = "squat_mocap.mot"
# mass_kg = 70.0
# height_m = 1.75
# lag_s = 0.0           # how much later the same event comes on the keypoints' clock
# same_frame = false    # another ground frame: the pelvis is then not compared

# Recordings with a reference, of a public dataset ('kinebench data list'). With body = "opencap".
# [[trials]]
# dataset = "opencap-session-subject0"
# sample = "Squats_0"
# subject = "subject 0"
# activity = "squat"
# reference = "opencap"

# What is varied: each trial meets every combination of levels; the first level is the baseline.
[[factors]]
name = "filter"
path = "clean"
levels = ["none", {{ label = "Butterworth 6 Hz", value = "butterworth:6" }}]

# A factor of the recording: errors put on the keypoints before the pipeline sees them.
[[factors]]
name = "noise"
path = "data.extra.noise"
levels = ["none", {{ label = "5 mm", value = "white:5" }}]

# Whole pipelines against one another; other factors then start with "data.". Kinebench's own is
# [base] with other settings. Anyone's is a function, {{ python = "my_pipeline:estimate" }}, a
# program, {{ command = "./run.sh {{keypoints}} {{mass}} {{height}} {{out}}" }}, or ready motions,
# {{ files = "FOLDER" }}; as [under_test] of a gate, see 'kinebench check'.
# [[factors]]
# name = "pipeline"
# path = "estimate"
# levels = [{{ label = "base", value = {{}} }}, {{ label = "mine", value = {{ files = "mine" }} }}]
"""


def study_template(name: str) -> str:
    """The content of a study file that runs as it is, without data; every key is explained."""
    # a TOML basic string is written as a JSON one
    sections = ", ".join(f'"{kind}"' for kind in SECTIONS if kind != "metric")
    return _TEMPLATE.format(name=json.dumps(name, ensure_ascii=False), sections=sections)
