"""The static window of a trial without a static one: where the subject stands best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinebench.core.markers import Markers
from kinebench.errors import ScalingError, ValueRangeError, require_names
from kinebench.posture.standing import STANDING_KEYPOINTS, StandingQuality, best_window


@dataclass(frozen=True, slots=True)
class StandingWindow:
    """The window of a movement trial in which the subject stands most upright and stillest.

    For trials recorded without a static one. Each window gets a penalty, in degrees, for bent
    knees, a leaning trunk and movement (`kinebench.posture.standing.best_window`). A window of
    `longest_s` is sought; if the best one is no standing, shorter ones are tried in steps of 0.1 s;
    if none is, the smallest penalty of all wins. Such a window is a fallback: its pose error
    becomes a constant offset of the joint angles.

    Parameters
    ----------
    longest_s, shortest_s : float
    avoid_start_s : float
        Leave out the beginning, where the augmenter is not yet warmed up, if anything remains.
    """

    longest_s: float = 0.5
    shortest_s: float = 0.1
    avoid_start_s: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.shortest_s <= self.longest_s < np.inf and self.avoid_start_s >= 0):
            raise ValueRangeError(
                "a standing window needs 0 < shortest_s ≤ longest_s and avoid_start_s of 0 or"
                f" above, found {self.shortest_s}, {self.longest_s} and {self.avoid_start_s}"
            )

    def __call__(self, trial: Markers) -> tuple[float, float]:
        """Start and end of the window, s.

        Raises
        ------
        ScalingError
            When the trial is shorter than the shortest window, or keypoints are missing all over.
        """
        quality = self.search(trial)
        return quality.start_s, quality.end_s

    def search(self, trial: Markers) -> StandingQuality:
        """The window with its quality."""
        require_names(STANDING_KEYPOINTS, trial.names, "keypoint", "the trial")
        lengths = self._lengths(trial)
        if not lengths:
            span = trial.times[-1] - trial.times[0] if trial.n_frames else 0.0
            raise ScalingError(
                f"no standing window of {self.shortest_s:g} s fits into a trial of {span:g} s"
            )
        found: list[tuple[float, StandingQuality]] = []
        for n_frames in lengths:
            best = best_window(trial, n_frames, self.avoid_start_s)
            if best is not None:
                found.append(best)
                if not best[1].faults():
                    return best[1]
        if not found:
            raise ScalingError("no standing window: every window has missing keypoints")
        return min(found, key=lambda candidate: candidate[0])[1]

    def _lengths(self, trial: Markers) -> list[int]:
        """Window lengths in frames that fit into the trial, longest first."""
        if trial.n_frames < 2:
            return []
        durations = np.arange(self.longest_s, self.shortest_s - 1e-9, -0.1)
        frames = (max(2, round(float(duration) * trial.rate_hz) + 1) for duration in durations)
        return [length for length in dict.fromkeys(frames) if length <= trial.n_frames]
