"""biorbd: its extended Kalman filter frame after frame, and its least squares (SciPy's `lm`).

Neither takes weights. The model is ``model.bioMod``, written by `benchmarks.peers.biomod`.
"""

import contextlib
import io
import sys
import time

import biorbd
import measured
import numpy as np


def kalman(model, positions: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (n_frames, n_q) and processor seconds (n_frames,)."""
    recons = biorbd.KalmanReconsMarkers(model, biorbd.KalmanParam(rate_hz))
    q = biorbd.GeneralizedCoordinates(model)
    qdot, qddot = biorbd.GeneralizedVelocity(model), biorbd.GeneralizedAcceleration(model)

    def solve(frame: int) -> np.ndarray:
        recons.reconstructFrame(model, positions[frame].reshape(-1), q, qdot, qddot)
        return q.to_array().copy()

    found, seconds = measured.frame_by_frame(solve, len(positions))
    return np.array(found), seconds


def least_squares(model, positions: np.ndarray) -> tuple[np.ndarray, float]:
    """Coordinates (n_frames, n_q) and processor seconds of all; one call, which prints."""
    problem = biorbd.InverseKinematics(model, positions.transpose(2, 1, 0))
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        q = problem.solve("lm")
    return q.T, time.process_time() - start


def main() -> None:
    folder, method = measured.folder_of_problem(), sys.argv[2]
    model = biorbd.Model(str(folder / "model.bioMod"))
    start_s = time.process_time()
    names, times, positions, _ = measured.markers_of(folder)
    own = [name.to_string() for name in model.technicalMarkerNames()]
    targets = np.ascontiguousarray(positions[:, [names.index(name) for name in own]])
    if method == "kalman":
        q, seconds = kalman(model, targets, 1 / (times[1] - times[0]))
        total = float(seconds.sum())
    else:
        q, total = least_squares(model, targets)
        seconds = np.empty(0)
    placed = [[m.to_array() for m in model.technicalMarkers(pose)] for pose in q]
    order = [own.index(name) for name in names]
    measured.write_answer(
        f"biorbd-{method}",
        start_s,
        total,
        seconds,
        "no weights; knee's sliding and rolling held",
        positions=np.array(placed)[:, order],
    )


if __name__ == "__main__":
    main()
