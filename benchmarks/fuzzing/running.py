"""Damaged inputs through a reader, in a process of its own that may crash, hang or run out."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import random
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.fuzzing.laws import complaints
from benchmarks.fuzzing.readers import READERS, Reader
from kinebench.errors import KinebenchError, KinebenchWarning

__all__ = ["Tally", "damaged", "fuzz"]

HANG_S = 5.0
MEMORY_BYTES = 1_000_000_000
_LONGEST_MESSAGE = 1001  # characters: a list of sixty names is legal


@dataclass
class Tally:
    """What became of the inputs of one reader.

    Parameters
    ----------
    inputs, accepted, warned, refused : int
        Read without a word, read with a warning, refused with the declared error.
    faults : dict of str to list
        Kind and place of a fault: how often, and the number of its first input.
    seconds : float
    """

    inputs: int = 0
    accepted: int = 0
    warned: int = 0
    refused: int = 0
    faults: dict[str, list[int]] = field(default_factory=dict)
    seconds: float = 0.0

    def add_fault(self, kind: str, number: int, count: int = 1) -> None:
        """Count a fault, and keep the lowest number of a mutant that has it."""
        entry = self.faults.setdefault(kind, [0, number])
        entry[0] += count
        entry[1] = min(entry[1], number)


class _HangError(BaseException):
    """An input took longer than it may."""


def damaged(name: str, number: int, seed: int = 0) -> bytes:
    """The damaged input of that number; the same in every run."""
    reader = READERS[name]
    rng = random.Random(zlib.crc32(f"{seed} {name} {number}".encode()))
    return reader.mutant(rng, rng.choice(reader.seeds_once()))


def fuzz(name: str, first: int, count: int, seed: int = 0) -> Tally:
    """Feed a reader the inputs of these numbers.

    Each process works until it ends or dies; the next goes on after the input that killed it.
    """
    total, began = Tally(), time.monotonic()
    READERS[name].seeds_once()
    at, end = first, first + count
    while at < end:
        progress = mmap.mmap(-1, 8)
        tally, reached, death = _in_child(name, at, end, seed, progress)
        _merge(total, tally)
        if death is None:
            break
        total.inputs += 1
        total.add_fault(death, reached)
        at = reached + 1
    total.seconds = time.monotonic() - began
    return total


def _in_child(
    name: str, at: int, end: int, seed: int, progress: mmap.mmap
) -> tuple[Tally, int, str | None]:
    folder = Path(tempfile.mkdtemp(prefix="fuzzing-"))
    report = folder / "tally.json"
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _work(name, at, end, seed, progress, folder, report)
    status = _watch(child, progress)
    tally = Tally(**json.loads(report.read_text())) if report.exists() else Tally()
    reached = at + struct.unpack("q", progress[:8])[0]
    shutil.rmtree(folder, ignore_errors=True)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
        return tally, reached, None
    how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "exit"
    return tally, reached, "hang that only a kill ends" if how == "SIGKILL" else f"died of {how}"


def _watch(child: int, progress: mmap.mmap) -> int:
    """Wait for the child; end it when an input takes much longer than it may."""
    last, since, pause = progress[:8], time.monotonic(), 0.01
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if progress[:8] != last:
            last, since = progress[:8], time.monotonic()
        elif time.monotonic() - since > 4 * HANG_S + 10:
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)


def _work(
    name: str, at: int, end: int, seed: int, progress: mmap.mmap, folder: Path, report: Path
) -> None:
    """Runs in the child, which never returns."""
    code = 1
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        signal.signal(signal.SIGALRM, _on_alarm)
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_BYTES,) * 2)
        tally = Tally()
        for number in range(at, end):
            progress[:8] = struct.pack("q", number - at)
            _one(READERS[name], name, number, seed, folder / "input", tally)
            # what was counted survives a death
            if (number - at) % 500 == 499 or number == end - 1 or tally.seconds > 2:
                report.write_text(json.dumps(asdict(tally)))
        code = 0
    finally:
        os._exit(code)


def _one(reader: Reader, name: str, number: int, seed: int, folder: Path, tally: Tally) -> None:
    data = damaged(name, number, seed)
    folder.mkdir()
    tally.inputs += 1
    try:
        with warnings.catch_warnings(record=True) as remarks, _at_most(HANG_S):
            warnings.simplefilter("always")
            value = reader.read(data, folder)
            found = list(dict.fromkeys(complaints(value)))
    except KinebenchError as error:
        tally.refused += 1
        if "\n" in str(error) or len(str(error)) > _LONGEST_MESSAGE:
            tally.add_fault("message of more than one short line", number)
    except _HangError:
        tally.add_fault(f"hang over {HANG_S:g} s", number)
    except MemoryError:
        tally.add_fault("memory over 1 GB", number)
    except AssertionError as error:
        tally.add_fault(f"law broken: {' '.join(str(error).split())[:60]}", number)
    except Exception as error:
        tally.add_fault(f"{type(error).__name__} at {_place(error)}", number)
    else:
        told = any(issubclass(remark.category, KinebenchWarning) for remark in remarks)
        tally.warned += told
        tally.accepted += not told
        for complaint in () if told else found:
            tally.add_fault(f"without a word: {complaint}", number)
        for remark in remarks:
            if not issubclass(remark.category, KinebenchWarning):
                text = f"{remark.category.__name__}: {str(remark.message)[:50]}"
                tally.add_fault(f"foreign warning {text}", number)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _on_alarm(_: int, __: FrameType | None) -> None:
    raise _HangError


def _place(error: BaseException) -> str:
    """The last line of kinebench in the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/kinebench/" in frame.filename]
    if not own:
        return "the fuzzer itself"
    return f"{own[-1].filename.split('/kinebench/')[-1]}:{own[-1].lineno} {own[-1].name}"


def _merge(total: Tally, part: Tally) -> None:
    for name in ("inputs", "accepted", "warned", "refused"):
        setattr(total, name, getattr(total, name) + getattr(part, name))
    for kind, (count, number) in part.faults.items():
        total.add_fault(kind, number, count)


def as_json(tallies: dict[str, Tally]) -> dict[str, Any]:
    """Plain values of tallies, by reader."""
    return {name: asdict(tally) for name, tally in tallies.items()}
