"""``kinebench run --all``: every trial of one or many sessions."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.cli.output import terminal_width
from kinebench.cli.planning import OWN_MODEL, session_place, spec_of, subject_of
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.batch import FoundTrials, Outcome


_TABLE, _REPORT = "trials.csv", "report.html"


def is_batch(arguments: argparse.Namespace) -> bool:
    """Whether more than one trial is to be run."""
    return bool(arguments.all or len(arguments.session) > 1)


def run_batch(arguments: argparse.Namespace) -> int:
    """Run the trials, write table and report, and tell what became of each."""
    from kinebench.batch import BatchJob, exit_code, run_trials

    _require_sense(arguments)
    found = _found(arguments)
    if arguments.dry_run:
        _print_plan(found, arguments.out)
        return 0 if found.trials and not found.failed else exit_code(found.failed)
    own_model = arguments.scaled_model is not None
    job = BatchJob(spec_of(arguments), own_model, arguments.overwrite)
    progress = _Progress(len(found.trials))
    workers = arguments.workers or os.cpu_count() or 1
    ran = run_trials(found.trials, job, arguments.out, workers, progress.step)
    outcomes = [*ran, *found.failed]
    if outcomes:
        _write(arguments, outcomes)
    if arguments.json:
        print(_as_json(outcomes))
    else:
        _print(outcomes, arguments.out)
    red = arguments.strict and any(one.light == "red" for one in outcomes)
    return exit_code(outcomes) or int(red)


def _require_sense(arguments: argparse.Namespace) -> None:
    """Refuse options of one trial."""
    if arguments.keypoints is not None:
        raise ValueRangeError(
            "--all runs the trials of sessions: name one or more, or their folder"
        )
    if arguments.all and arguments.trial is not None:
        raise ValueRangeError("--all and --trial: name one of them")
    if arguments.toml:
        raise ValueRangeError("--toml shows the pipeline of one trial: name it with --trial")
    if arguments.scaled_model is not None and str(arguments.scaled_model) != OWN_MODEL:
        raise ValueRangeError(
            f"one scaled model does not fit many subjects: --scaled-model {OWN_MODEL} takes each"
            " session's"
        )


def _found(arguments: argparse.Namespace) -> FoundTrials:
    from kinebench.batch import find_trials
    from kinebench.io.atomic import require_folder

    if arguments.out is not None:
        require_folder(arguments.out)
    found = find_trials(
        map(session_place, arguments.session),
        lambda session: subject_of(arguments, session.subject),
        arguments.trial,
        arguments.variant,
    )
    sessions = {trial.place for trial in found.trials}
    if len(sessions) > 1 and (arguments.mass is not None or arguments.height is not None):
        raise ValueRangeError("--mass and --height are of one subject: several sessions are named")
    return found


def _print_plan(found: FoundTrials, out: Path | None) -> None:
    for trial in found.trials:
        where = trial.folder if out is None else out / trial.folder
        print(f"{trial.named}, {trial.trial} -> {where}")
    for outcome in found.failed:
        print(f"not run: {outcome.session}: {outcome.reason}")
    print(f"{len(found.trials)} trials")


def _write(arguments: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    from kinebench.batch import tidy_rows
    from kinebench.io.atomic import write_atomically
    from kinebench.reports.batch_report import batch_document
    from kinebench.reports.html import as_html
    from kinebench.reports.tables import as_csv

    arguments.out.mkdir(parents=True, exist_ok=True)
    command = shlex.join(["kinebench", *sys.argv[1:]])
    write_atomically(arguments.out / _TABLE, as_csv(tidy_rows(outcomes)))
    write_atomically(arguments.out / _REPORT, as_html(batch_document(outcomes, command)))


def _print(outcomes: Sequence[Outcome], out: Path) -> None:
    from kinebench.reports.batch_report import trial_table
    from kinebench.reports.tables import as_text

    width = terminal_width()
    if not outcomes:
        print("no trial found: nothing was run", file=sys.stderr)
        return
    print(as_text(trial_table(outcomes), width))
    print()
    for one in outcomes:
        if one.status == "failed":
            who = "/".join(dict.fromkeys(part for part in (one.session, one.trial) if part))
            print(textwrap.fill(f"failed: {who}: {one.reason}", width, subsequent_indent="  "))
    said = {"done": "run", "kept": "there already, from the same files and pipeline",
            "failed": "failed"}  # fmt: skip
    counts = Counter(said[one.status] for one in outcomes)
    told = "; ".join(f"{counts[words]} {words}" for words in said.values() if counts[words])
    print(f"{told}; {_TABLE} and {_REPORT} are in {out}")


def _as_json(outcomes: Sequence[Outcome]) -> str:
    from kinebench.core.provenance import without_nan

    content = [
        {
            "subject": one.subject,
            "session": one.session,
            "trial": one.trial,
            "status": one.status,
            "reason": one.reason,
            "folder": one.folder,
            "light": one.light,
            "results": one.results,
            "from_own_motion": [distance._asdict() for distance in one.distances],
            "not_compared": one.not_compared,
        }
        for one in outcomes
    ]
    return json.dumps(without_nan({"trials": content}), indent=2, ensure_ascii=False)


class _Progress:
    """A line on stderr per trial that is done."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def step(self, outcome: Outcome) -> None:
        """Count an outcome and tell it."""
        self._done += 1
        said = f"{outcome.subject}/{outcome.trial}: {outcome.status}"
        print(f"{self._done} of {self._total}: {said}", file=sys.stderr, flush=True)
