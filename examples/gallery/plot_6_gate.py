"""
A gate for your pipeline
========================

Has a pipeline moved since its figures were accepted? A gate runs it on four virtual people and
compares every joint angle's figures with a baseline.
"""

import kinebench as kb

# %%
# Without a file it is kinebench's own pipeline against the baseline that it came with: a check
# of this installation.

result = kb.check()
result.passed

# %%

print(result)

# %%
# Every figure, expected and obtained.

result.to_dataframe().head(8)

# %%
# A pipeline of your own takes three lines of TOML::
#
#     [under_test]
#     command = "./estimate.sh {keypoints} {static} {mass} {height} {out}"
#     time_limit_s = 300
#
# and is run by ``kb.check("gate.toml")``, or in CI: :doc:`/howto/ci`.
