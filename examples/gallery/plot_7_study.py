"""
A study in ten lines
====================

Trials, one factor with its levels, and what is measured: the rest is done, and written down.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import kinebench as kb

scratch = TemporaryDirectory()
root = Path(scratch.name)
(root / "study.toml").write_text("""\
name = "filters"
question = "Does filtering the keypoints bring the angles nearer to the truth?"
metrics = ["rmse"]
base = { engine = "fast", body = "lab", augmenter = "lab-1", warm_up_s = 1.0 }
laboratory = { subjects = 3, activities = ["one squat"] }
[[factors]]
name = "filter"
path = "clean"
levels = ["none", "butterworth:6", "butterworth:2"]
""")

# %%

result = kb.study(root / "study.toml", root / "results", workers=1)
table = result.to_dataframe()
table.head(3)

# %%
# The mean error of the knees, in degrees. Three people are few; ``results`` holds a page with
# effects and their intervals over people.

knees = table[table["item"].str.startswith("knee_angle")]
knees.groupby("filter")["value"].mean().mul(180 / 3.141592653589793).round(2)

# %%

print(*sorted(path.name for path in (root / "results").glob("*.*")), sep="\n")
