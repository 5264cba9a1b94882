"""Pose2Sim's demonstration; ``filtered`` are its keypoints after a Butterworth filter."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import MarkersIn, SampleFiles, TableLoader, augmented

_ROOT = "Pose2Sim/S00_Demo_Session/S00_P00_SingleParticipant"


def _row(trial: str, frames: str, activity: str) -> SampleFiles:
    stem = f"{_ROOT}/{trial}/pose-3d/{trial}_{frames}"
    return SampleFiles(
        activity,
        {
            "keypoints": f"{stem}.trc",
            "filtered": f"{stem}_filt_butterworth.trc",
            "augmented": MarkersIn(f"{stem}_filt_butterworth_LSTM.trc", augmented),
        },
    )


LOADER = TableLoader(
    {
        "balancing": _row("S00_P00_T01_BalancingTrial", "0-100", "balancing"),
        "static": _row("S00_P00_T00_StaticTrial", "0-12", "static"),
    }
)
