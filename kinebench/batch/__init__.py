"""Many trials of many sessions in one go: found, run side by side, told in one table.

`find_trials` lists them, `run_trials` runs what is not there yet, `tidy_rows` is the table.
"""

from kinebench.batch.outcomes import Distance, Outcome, exit_code, tidy_rows
from kinebench.batch.running import BatchJob, run_trials
from kinebench.batch.trials import BatchTrial, FoundTrials, find_trials

__all__ = [
    "BatchJob",
    "BatchTrial",
    "Distance",
    "FoundTrials",
    "Outcome",
    "exit_code",
    "find_trials",
    "run_trials",
    "tidy_rows",
]
