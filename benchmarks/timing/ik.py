"""Speed of the fast engine beside OpenSim's tool: the same trials, the same run, one thread each.

Run with ``python -m benchmarks.timing.ik``. Prints frames per second and their ratio on a
synthetic squat with noise and on the real squats, then threads, start-up of a new process, time to
compile on a fresh machine, memory on a long trial, and how exactly noise-free motions come back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

from benchmarks.timing.ik_cost import compare
from benchmarks.timing.ik_trials import IKTrial, real_trials
from kinebench.core import Markers
from kinebench.ik.fast import FastIK, solve_trials
from kinebench.kinematics import forward_kinematics, marker_positions, read_tree
from kinebench.kinematics.poses import poses_of

NOISE_M = 0.01
N_SQUAT = 801
SQUATS = ("subject 0 Squats_0", "subject 0 Asym_0", "subject 4 squats1", "subject 4 squatsAsym1")

FIRST_RESULT = """
import sys, time
start = time.perf_counter()
import warnings; warnings.simplefilter("ignore")
from kinebench.io.models import read_model
from kinebench.io.setups import read_ik_tasks
from kinebench.io.trc import read_trc
from kinebench.ik.fast import FastIK
model, markers, setup = sys.argv[1:]
FastIK(read_ik_tasks(setup))(read_model(model), read_trc(markers))
assert "opensim" not in sys.modules
print(time.perf_counter() - start)
"""

LONG_TRIAL = """
import resource, sys, warnings; warnings.simplefilter("ignore")
import numpy as np
from benchmarks.timing.ik import noise_free, real_trials
from kinebench.core import Markers
from kinebench.ik.fast import FastIK
trial = next(real_trials("subject 4 squats1"))
engine = FastIK(trial.tasks)
engine(trial.model, trial.markers.at_frames(np.arange(2)))
repeats = np.arange(100_000) % trial.markers.n_frames
chosen = trial.markers.select([n for n in trial.tasks.weights if n in trial.markers.names])
long = Markers(chosen.names, np.arange(100_000) / 100, chosen.positions[repeats])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
solution = engine(trial.model, long)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
out = solution.motion.values.nbytes + solution.marker_errors.nbytes + solution.motion.times.nbytes
out += solution.observed.nbytes + solution.iterations.nbytes + solution.converged.nbytes
print((after - before) / 1024, out / 2**20)
"""


def noise_free(trial: IKTrial, n_frames: int | None = None) -> tuple[IKTrial, np.ndarray]:
    """The trial's own solution as exact markers, and all coordinates of the tree."""
    solution = FastIK(trial.tasks)(trial.model, trial.markers)
    motion = solution.motion
    tree = read_tree(trial.model)
    q, times = poses_of(tree, motion)[:n_frames], motion.times[:n_frames]
    names = solution.marker_names
    markers = Markers(names, times, marker_positions(tree, q, names))
    return IKTrial(trial.name, trial.setup, trial.model, markers, trial.tasks), q


def noisy_squat() -> IKTrial:
    """801 frames of a real squat's motion, 43 markers, Gaussian noise of 10 mm per axis."""
    exact, _ = noise_free(next(real_trials(SQUATS[0])), N_SQUAT)
    noise = np.random.default_rng(0).normal(0, NOISE_M, exact.markers.positions.shape)
    markers = exact.markers.with_positions(exact.markers.positions + noise)
    return IKTrial("synthetic squat + 10 mm", exact.setup, exact.model, markers, exact.tasks)


def print_speed() -> None:
    print(
        f"{'trial':<26}{'frames':>7}{'fast frames/s':>15}{'OpenSim frames/s':>18}{'ratio':>8}"
        f"{'fast ≤ OpenSim':>16}"
    )
    for trial in (noisy_squat(), *(next(real_trials(name)) for name in SQUATS)):
        found = compare(trial)
        n = len(found.fast)
        share = 100 * (1 - len(found.exceptions) / n)
        print(
            f"{trial.name:<26}{n:>7}{n / found.fast_s:>15.0f}{n / found.opensim_s:>18.0f}"
            f"{found.opensim_s / found.fast_s:>7.0f}×{share:>15.2f}%"
        )


def print_threads() -> None:
    trial = next(real_trials("subject 4 squats1"))
    batch = [(trial.model, trial.markers)] * 24
    for n_threads in sorted({1, 2, os.cpu_count() or 1}):
        start = time.perf_counter()
        solve_trials(FastIK(trial.tasks), batch, n_threads)
        seconds = time.perf_counter() - start
        rate = len(batch) * trial.markers.n_frames / seconds
        print(f"{n_threads} thread(s): {rate:.0f} frames/s on {len(batch)} trials")


def print_start() -> None:
    """Time to first result with the compiled code at hand, and without."""
    trial = next(real_trials("subject 4 walking1"))
    with tempfile.TemporaryDirectory() as folder:
        from kinebench.io.trc import write_trc

        arguments = [f"{folder}/model.osim", f"{folder}/markers.trc", f"{folder}/setup.xml"]
        with open(arguments[0], "wb") as file:
            file.write(trial.model.xml)
        write_trc(arguments[1], trial.markers)
        tasks = "".join(
            f'<IKMarkerTask name="{name}"><weight>{weight}</weight></IKMarkerTask>'
            for name, weight in trial.tasks.marker_weights
        )
        with open(arguments[2], "w") as file:
            file.write(
                '<OpenSimDocument Version="40000"><InverseKinematicsTool><IKTaskSet><objects>'
                f"{tasks}</objects></IKTaskSet></InverseKinematicsTool></OpenSimDocument>"
            )
        known = min(_run(FIRST_RESULT, arguments, {})[0] for _ in range(3))
        fresh = _run(FIRST_RESULT, arguments, {"NUMBA_CACHE_DIR": folder})[0]
    print(f"time to first result in a new process, imports included: {known:.2f} s")
    print(f"the same on a fresh install, compilation included, once: {fresh:.1f} s")


def _run(code: str, arguments: list[str], environment: dict[str, str]) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return [float(cell) for cell in done.stdout.split()]


def print_memory() -> None:
    grown, out = _run(LONG_TRIAL, [], {})
    print(f"100,000 frames: peak memory grew by {grown:.0f} MB, of which {out:.0f} MB are output")


def print_recovery() -> None:
    """Every real motion made into exact markers and solved: errors of the body poses."""
    worst = 0.0
    for trial in real_trials():
        exact, q = noise_free(trial)
        solution = FastIK(exact.tasks)(exact.model, exact.markers)
        tree = read_tree(exact.model)
        found = q.copy()
        for name in solution.motion.names:
            found[:, tree.coordinate_index(name)] = solution.motion.value(name)
        seen = [i for i, name in enumerate(tree.bodies) if not name.startswith("toes")]
        R, p = forward_kinematics(tree, found)
        R_true, p_true = forward_kinematics(tree, q)
        # of the skew part: exact where the angle is small
        turned = np.swapaxes(R, -1, -2) @ R_true
        skew = turned - np.swapaxes(turned, -1, -2)
        angles = np.linalg.norm(skew[..., (0, 0, 1), (1, 2, 2)] / 2, axis=-1)[:, seen]
        shift = np.linalg.norm(p - p_true, axis=-1)[:, seen]
        worst = max(worst, float(np.rad2deg(angles.max())))
        print(f"{trial.name:<26}{np.rad2deg(angles.max()):>12.1e}°{1e3 * shift.max():>12.1e} mm")
    print(f"noise-free motions come back within {worst:.1e}° (bodies, toes excluded)")


def main() -> None:
    warnings.simplefilter("ignore")
    for part in (print_speed, print_threads, print_start, print_memory, print_recovery):
        part()
        print(flush=True)


if __name__ == "__main__":
    main()
