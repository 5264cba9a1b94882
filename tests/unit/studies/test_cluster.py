"""Studies on a real Dask cluster: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kinebench.errors import KinebenchError, KinebenchWarning
from kinebench.studies.analysis.results import result_table
from kinebench.studies.design import Study
from kinebench.studies.execution import cluster as module
from kinebench.studies.execution.batches import Batch, batches, recipe
from kinebench.studies.execution.cells import Outcome, run_study, stored_outcomes
from kinebench.studies.execution.cluster import cluster, run_on_cluster
from kinebench.studies.execution.store import Store

distributed = pytest.importorskip("distributed", reason="Dask is not installed")


ROOT = Path(__file__).parents[3]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Processes:
    """A scheduler and its workers."""

    folder: Path
    address: str = field(default_factory=lambda: f"tcp://127.0.0.1:{_free_port()}")
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, kind: str, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        # spawned workers import the made-up stages by the name they are pickled under
        places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)} | variables
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        process = subprocess.Popen(
            [*command, "--no-dashboard"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.append(process)
        return process

    def start_scheduler(self, **variables: str) -> subprocess.Popen[bytes]:
        host, _, port = self.address.removeprefix("tcp://").partition(":")
        return self.start("scheduler", "--host", host, "--port", port, **variables)

    def start_worker(self, *options: str) -> subprocess.Popen[bytes]:
        return self.start("worker", self.address, "--nthreads", "1", "--no-nanny", *options)

    def wait_for_workers(self, n: int) -> None:
        with distributed.Client(self.address, timeout=30) as client:
            client.wait_for_workers(n, timeout=30)

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    found = Processes(tmp_path_factory.mktemp("cluster"))
    try:
        found.start_scheduler()
        found.start_worker()
        found.start_worker()
        found.wait_for_workers(2)
        yield found
    finally:
        found.end()


def entries_of(folder: Path) -> dict[str, bytes]:
    """Without what says in which environments they were computed: workers have their own."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")
    return {path.name: path.read_bytes() for path in files}


def test_tables_are_those_of_one_process(
    made_up: ModuleType, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = made_up.study()
    monkeypatch.chdir(tmp_path)
    told: list[int] = []
    outcomes = run_study(
        study,
        Store(Path("cluster")),
        scheduler=processes.address,
        on_outcome=lambda outcome: told.append(outcome.index),
    )
    here = run_study(study, Store(Path("here")))
    assert result_table(study, outcomes) == result_table(study, here)
    assert sorted(told) == list(range(16))
    # workers stand elsewhere, and yet fill the store that a relative path names
    entries, there = (entries_of(Path(name)) for name in ("here", "cluster"))
    assert entries == there
    assert len(entries) > 16


def test_a_killed_worker_does_not_change_the_table(
    made_up: ModuleType, processes: Processes, tmp_path: Path
) -> None:
    heights = tuple(0.01 * index for index in range(10))
    log = tmp_path / "log"
    study = made_up.study(str(log), heights, sources=(made_up.MadeUpSource("t", pause_s=0.02),))
    victim = processes.start_worker("--name", "victim")
    processes.wait_for_workers(3)
    with distributed.Client(processes.address) as client:
        names = {info["name"] for info in client.scheduler_info(n_workers=-1)["workers"].values()}
        assert "victim" in names

    def kill(outcome: Outcome) -> None:
        if victim.poll() is None:
            victim.send_signal(signal.SIGKILL)
            victim.wait()

    outcomes = run_study(
        study, Store(tmp_path / "cluster"), scheduler=processes.address, on_outcome=kill
    )
    assert victim.returncode == -signal.SIGKILL
    here = run_study(study, Store(tmp_path / "here"))
    assert result_table(study, outcomes) == result_table(study, here)
    assert len(here) == 40


def test_errors_of_a_worker_are_told_here(
    made_up: ModuleType, processes: Processes, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(KinebenchError, match="cannot write to the store"):
        run_study(made_up.study(), Store(in_the_way / "store"), scheduler=processes.address)


def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.5)
    waited: list[float] = []
    client = distributed.Client

    def recorded(address: str, timeout: float) -> Any:
        waited.append(timeout)
        return client(address, timeout=timeout)

    monkeypatch.setattr(distributed, "Client", recorded)
    with (
        pytest.raises(
            KinebenchError,
            match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1 within 0\.5 s",
        ),
        cluster("tcp://127.0.0.1:1"),
    ):
        pytest.fail("there is none")
    assert waited == [0.5]


@pytest.mark.parametrize("address", ["nonsense://x:1", "tcp://127.0.0.1:no"])
def test_an_address_that_is_none_is_one_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.5)
    with pytest.raises(KinebenchError, match="no Dask scheduler answers"), cluster(address):
        pytest.fail("there is none")


def fail_in_a_batch(
    address: str, study: Study, store: Store, die: Callable[[Batch, Study, Store], None]
) -> None:
    with cluster(address) as client:
        results = run_on_cluster(client, die, batches(study, 8), recipe(study), store)
        with pytest.raises(KinebenchError, match="has ended several workers"):
            next(results)


def test_misfortunes_are_one_line_each_and_lose_nothing(
    made_up: ModuleType, tmp_path: Path
) -> None:
    study = made_up.study(sources=(made_up.MadeUpSource("t", pause_s=0.05),))
    store = Store(tmp_path / "store")
    alone = Processes(tmp_path)
    try:
        # by itself Dask gives a batch to four workers
        scheduler = alone.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
        with pytest.warns(KinebenchWarning, match="no workers yet"), cluster(alone.address):
            pass
        alone.start("worker", alone.address, "--nthreads", "2", "--no-nanny")
        alone.wait_for_workers(1)
        with pytest.warns(KinebenchWarning, match="--nthreads 1"):
            fail_in_a_batch(alone.address, study, store, made_up.die)
        alone.start_worker()
        alone.wait_for_workers(1)
        with pytest.raises(KinebenchError, match="scheduler went away"):
            run_study(study, store, scheduler=alone.address, on_outcome=lambda _: scheduler.kill())
    finally:
        alone.end()
    assert "done" in [outcome.status for outcome in stored_outcomes(study, store)]
    assert len(run_study(study, store)) == 8
