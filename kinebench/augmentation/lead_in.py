"""Frames that a network sees before the first one, so that its state is warm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["WARM_UP_KINDS", "lead_in_frames"]

WARM_UP_KINDS = ("mirror", "repeat")


def lead_in_frames(n_frames: int, n_lead: int, kind: str) -> NDArray[np.intp]:
    """Indices (n_lead + n_frames,) of the frames to run.

    Parameters
    ----------
    n_frames : int
        Length of the trial, 1 or more.
    n_lead : int
        Length of the lead-in; longer than the trial is fine.
    kind : {"mirror", "repeat"}
        "mirror": …, 3, 2, 1, then 0, 1, 2, …, reflected again at the trial's end when it is
        shorter than the lead-in. "repeat": 0, 0, …, 0, then 0, 1, 2, ….
    """
    before = np.arange(-n_lead, 0)
    if kind == "repeat" or n_frames == 1:
        before = np.zeros_like(before)
    else:
        period = 2 * (n_frames - 1)
        phase = before % period
        before = np.minimum(phase, period - phase)
    return np.concatenate([before, np.arange(n_frames)]).astype(np.intp)
