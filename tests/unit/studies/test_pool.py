from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import ModuleType

import pytest

from kinebench.errors import KinebenchError
from kinebench.io.atomic import OutputError
from kinebench.studies.analysis.results import result_table
from kinebench.studies.execution.batches import batches, recipe
from kinebench.studies.execution.cells import run_study
from kinebench.studies.execution.pool import run_in_processes
from kinebench.studies.execution.store import Store

ROOT = Path(__file__).parents[3]


@pytest.fixture
def importable(made_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The made-up study where spawned processes find it."""
    monkeypatch.syspath_prepend(str(ROOT))
    return made_up


def test_two_processes_give_the_table_of_one(importable: ModuleType, tmp_path: Path) -> None:
    study = importable.study(sources=tuple(importable.MadeUpSource(f"t{i}") for i in range(9)))
    told: list[int] = []
    there = run_study(
        study, Store(tmp_path / "two"), 2, on_outcome=lambda outcome: told.append(outcome.index)
    )
    here = run_study(study, Store(tmp_path / "one"))
    assert result_table(study, there) == result_table(study, here)
    assert sorted(told) == list(range(72))


def test_a_process_that_is_killed_is_one_line(importable: ModuleType, tmp_path: Path) -> None:
    study = importable.study()
    results = run_in_processes(
        importable.die, batches(study, 4), recipe(study), Store(tmp_path / "store"), 2
    )
    with pytest.raises(KinebenchError, match=r"ended from outside.*run the same again"):
        list(results)


def test_errors_of_a_process_are_told_here(importable: ModuleType, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(OutputError, match="cannot write to the store"):
        run_study(importable.study(), Store(in_the_way / "store"), 2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_a_study_that_is_killed(
    importable: ModuleType, tmp_path: Path, number: int
) -> None:
    name = importable.__name__
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        import multiprocessing, signal, sys
        from pathlib import Path
        import {name} as made_up
        from kinebench.studies.execution.cells import run_study
        from kinebench.studies.execution.store import Store
        from kinebench.io import interrupts
        def tell(outcome):
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        if __name__ == "__main__":
            # a job in the background of a shell ignores Ctrl-C, and so would the study
            signal.signal(signal.SIGINT, signal.default_int_handler)
            # minutes of work: it does not end by itself while the test looks
            sources = tuple(made_up.MadeUpSource(f"t{{i}}", pause_s=0.02) for i in range(3000))
            with interrupts.listening():
                run_study(made_up.study(sources=sources), Store(Path("store")), 2, on_outcome=tell)
        """)
    )
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    study = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert study.stdout is not None
    try:
        workers = [int(word) for word in study.stdout.readline().split()]
        assert workers
        study.send_signal(number)
        # no deadline of its own: on a busy machine only the time limit of all tests says that
        # something hangs
        study.communicate()
    finally:
        study.kill()
    assert study.returncode != 0
    while any(map(_is_running, workers)):
        time.sleep(0.02)
    if number != signal.SIGKILL:
        assert list((tmp_path / "store").rglob("*.part")) == []


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # an orphan that nobody has waited for is a zombie: it runs no more
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
