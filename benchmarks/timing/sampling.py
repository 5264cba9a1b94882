"""Runs a command of kinebench while its stack is sampled; both clocks are charged to the samples.

    python -m benchmarks.timing.sampling FILE.json run SESSION --engine fast --out DIR
    python -m benchmarks.timing.sampling FILE.json -m benchmarks.timing.cells

A timer interrupts every millisecond. Compiled code is interrupted only at its end, so each sample
is given the processor and wall-clock time since the one before, not its share of the number.
Nothing but the standard library is imported before the command, so that its imports are seen.
"""

import json
import os
import runpy
import signal
import sys
import time
from types import FrameType

INTERVAL_S = 1e-3

Stack = tuple[str, ...]


class Sampler:
    """Seconds of processor and clock by stack, outermost function first.

    An entry is ``file:function``, or ``import module``; what the import system does is left out.
    """

    def __init__(self) -> None:
        self.seconds: dict[Stack, list[float]] = {}
        self._clocks = (0.0, 0.0)

    def start(self) -> None:
        """Begin to sample."""
        self._clocks = (time.process_time(), time.perf_counter())
        signal.signal(signal.SIGALRM, self._sample)
        signal.setitimer(signal.ITIMER_REAL, INTERVAL_S, INTERVAL_S)

    def stop(self) -> None:
        """Sample no more."""
        signal.setitimer(signal.ITIMER_REAL, 0.0)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            code = frame.f_code
            if not code.co_filename.startswith("<frozen"):
                stack.append(f"{code.co_filename}:{code.co_qualname}")
            elif code.co_name == "_find_and_load":
                stack.append(f"import {frame.f_locals['name']}")
            frame = frame.f_back
        now = (time.process_time(), time.perf_counter())
        own = self.seconds.setdefault(tuple(reversed(stack)), [0.0, 0.0])
        # read on two processors, the clock of a process may step back by nanoseconds
        own[0] += max(0.0, now[0] - self._clocks[0])
        own[1] += max(0.0, now[1] - self._clocks[1])
        self._clocks = now


def before_main() -> tuple[float, float]:
    """Processor and wall-clock seconds since the process began: the interpreter's own start."""
    with open("/proc/self/stat", encoding="ascii") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    began = ticks / os.sysconf("SC_CLK_TCK")
    return time.process_time(), time.clock_gettime(time.CLOCK_BOOTTIME) - began


def main() -> int:
    """Run the command under the sampler, write what was seen."""
    start = before_main()
    path, *words = sys.argv[1:]
    sampler = Sampler()
    sampler.start()
    code = 0
    try:
        if words[0] == "-m":
            sys.argv[:] = words[1:]
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv[:] = ["kinebench", *words]
            runpy.run_module("kinebench", run_name="__main__", alter_sys=True)
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    sampler.stop()
    rows = [[list(stack), *seconds] for stack, seconds in sampler.seconds.items()]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"interpreter": start, "stacks": rows}, file)
    return code


if __name__ == "__main__":
    sys.exit(main())
