"""
Several methods, with intervals
===============================

Methods on the same trials of several people: ranks that say which cannot be told apart, and paired
differences with their intervals over people.
"""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import kinebench as kb
from kinebench.reports.figures.intervals import interval_figure

# %%
# Five virtual people squat, each solved in three ways; one folder a method, in it
# one a person, files of the same name.

# every run tells anew that augmented markers fit less well than is good practice
warnings.filterwarnings("ignore", message="static marker errors")

scratch = TemporaryDirectory()
root = Path(scratch.name)
methods = {
    "as OpenCap": {},
    "with warm-up": {"warm_up": 1.0},
    "filtered at 2 Hz": {"warm_up": 1.0, "clean": "butterworth:2"},
}
for number in range(1, 6):
    trial = kb.virtual_trial("one squat", number)
    motions = {"mocap": trial.reference_motion}
    for name, options in methods.items():
        result = kb.run(trial, body="lab", augmenter="lab-1", engine="fast", **options)
        motions[name] = result.motion
    for name, motion in motions.items():
        (root / name / f"s{number}").mkdir(parents=True)
        kb.write(root / name / f"s{number}" / "squat.mot", motion)

# %%

found = kb.compare(root / "mocap", *(root / name for name in methods), group="legs")
print(found)

# %%
# The same as a table, and the paired differences of the legs as a figure.

ranking = found.ranking()
legs = ranking.query("kind == 'difference' and of == 'legs'")
legs[["method", "other", "value", "ci_low", "ci_high", "hedges_g", "p_holm"]].round(2)

# %%

rows = [f"{one.method} − {one.other}" for one in legs.itertuples()]
intervals = {"legs": [(one.value, one.ci_low, one.ci_high) for one in legs.itertuples()]}
differences = interval_figure(rows, intervals, "paired difference of RMSE, °")
