"""Keypoints, and the augmented markers that the augmenter's authors computed from them."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import MarkersIn, SampleFiles, TableLoader, augmented


def _row(activity: str, keypoints: str, answer: str) -> SampleFiles:
    return SampleFiles(
        activity, {"keypoints": keypoints, "augmented": MarkersIn(answer, augmented)}
    )


V0_1 = TableLoader(
    {
        name: _row(activity, f"test/{name}.trc", f"test/augmented_{name}_reference.trc")
        for name, activity in (("calf_raise_fast", "calf raises"), ("drop_jump", "drop jump"))
    }
)

V0_3 = TableLoader(
    {
        "drop_vertical_jump": _row(
            "drop jump",
            "test_data/drop_vertical_jump.trc",
            "test_data/enhanced/lstm/reference/drop_vertical_jump_enhanced.trc",
        )
    }
)
