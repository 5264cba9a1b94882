"""What every peer's script shares: clocks, memory, files. Nothing but NumPy beside the library.

All times are processor seconds of the process: other work on the machine disturbs them least. A
peer's threads, if it has any, add up.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def folder_of_problem() -> Path:
    return Path(sys.argv[1])


def markers_of(folder: Path) -> tuple[list[str], np.ndarray, np.ndarray, dict[str, float]]:
    """Names, times (n_frames,) s, positions (n_frames, n_markers, 3) m and weights."""
    weights = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    with np.load(folder / "markers.npz") as file:
        return file["names"].tolist(), file["times"], file["positions"], weights


def frame_by_frame(solve: Callable[[int], Any], n_frames: int) -> tuple[list[Any], np.ndarray]:
    """What `solve` gives for each frame, in order, and processor seconds (n_frames,) of each."""
    found, seconds = [], np.empty(n_frames)
    for frame in range(n_frames):
        start = time.process_time()
        found.append(solve(frame))
        seconds[frame] = time.process_time() - start
    return found, seconds


def write_answer(
    name: str,
    start_s: float,
    solve_s: float,
    latencies_s: Sequence[float] | np.ndarray,
    remark: str,
    **answer: Any,
) -> None:
    """``NAME.npz`` and ``NAME.json`` in the problem's folder.

    Parameters
    ----------
    name : str
        Of the peer, and of its method where it has several.
    start_s, solve_s : float
        From the start of the interpreter until the model is ready; of all frames.
    latencies_s : (n_frames,)
        Of single frames; empty where a peer gives no single frame.
    """
    folder = folder_of_problem()
    np.savez(folder / f"{name}.npz", **answer)
    spread = (
        [1e3 * float(np.percentile(latencies_s, q)) for q in (50, 99)] if len(latencies_s) else []
    )
    found = {
        "start_s": start_s,
        "solve_s": solve_s,
        "latency_ms": spread,
        "peak_mb": peak_mb(),
        "remark": remark,
    }
    (folder / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")
