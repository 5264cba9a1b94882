"""Gates and studies: `check` and `study`, as the commands of these names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kinebench.api.options import PathLike, explaining, given, places_of, tell_doubts

if TYPE_CHECKING:
    from kinebench.api.results import CheckResult, StudyResult


def check(
    gate: PathLike | None = None,
    *,
    baseline: PathLike | None = None,
    seed: int | None = None,
    timing: bool = False,
) -> CheckResult:
    """Has a pipeline moved since its baseline was accepted: as ``kinebench check``.

    Parameters
    ----------
    gate : path, optional
        A .toml; without one the quick gate is run on kinebench's own pipeline.
    baseline : path, optional
        By default ``GATE.baseline.toml`` beside it.
    seed : int, optional
        Another draw of noise.
    timing : bool
        Time the trials too.

    Returns
    -------
    CheckResult
        With `passed`, `verdict`, `to_dataframe()` and `report(path)`.
    """
    from kinebench.api.results import CheckResult
    from kinebench.cli.check import baseline_path, checked, expected, gate_of

    asked = given("check", places_of(gate), {"baseline": baseline, "seed": seed, "timing": timing})
    with explaining(asked):
        arguments = asked.arguments
        what = gate_of(arguments)
        found = checked(what, expected(baseline_path(arguments)), arguments, lambda text: None)
    tell_doubts(found.remarks)
    return CheckResult(found)


def study(
    study: PathLike,
    out: PathLike,
    *,
    subjects: int | None = None,
    workers: int | None = None,
    store: PathLike | None = None,
    scheduler: str | None = None,
    pdf: bool = False,
    parquet: bool = False,
) -> StudyResult:
    """Run a factorial study, as ``kinebench study run``: tables and page are in `out`.

    Parameters
    ----------
    study : path
        A .toml, or a folder whose .toml files are the parts of one report.
    out : path
    subjects : int, optional
        Only the first so many virtual subjects.
    workers : int, optional
        Processes; by default this one alone, since a script can start others only under
        ``if __name__ == "__main__":``. The command takes one per core.
    store : path, optional
        Of what is computed already; by default ``store`` in `out`.
    scheduler : str, optional
        Of a Dask cluster.
    pdf, parquet : bool
        The page as PDF, the results as Parquet too.

    Returns
    -------
    StudyResult
        With `to_dataframe()` and `page`.
    """
    from kinebench.api.results import StudyResult
    from kinebench.cli import study as command

    options = {
        "out": out, "subjects": subjects, "store": store,
        "workers": 1 if workers is None and scheduler is None else workers,
        "scheduler": scheduler, "pdf": pdf, "parquet": parquet,
    }  # fmt: skip
    asked = given("study", (study,), options, action="run")
    with explaining(asked):
        plan = command.plan_of(asked.arguments)
        ran, _ = command.executed(plan, asked.arguments)
    return StudyResult(plan, ran, command.page_of(asked.arguments))
