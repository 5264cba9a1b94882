"""Video keypoints of LabValidation subject 2."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import SampleFiles, TableLoader

LOADER = TableLoader(
    {
        name: SampleFiles(activity, {"keypoints": f"test_data/{name}.trc"})
        for name, activity in (
            ("squats", "squats"),
            ("sit_to_stand", "sit-to-stand"),
            ("drop_vertical_jump", "drop jump"),
        )
    }
)
