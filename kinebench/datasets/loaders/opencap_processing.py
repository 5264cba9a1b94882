"""OpenCap's motions from video of LabValidation subject 2, in the optical system's frame."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import SampleFiles, TableLoader

LOADER = TableLoader(
    {
        "squats1": SampleFiles(
            "squats", motions={"video": "Moco/exampleSquat/squats1_videoAndMocap.mot"}
        ),
        "walking1": SampleFiles(
            "walking", motions={"video": "Moco/exampleWalking/walking1_videoAndMocap.mot"}
        ),
    }
)
