"""A real OpenCap session: motions and models are those that OpenCap published for it."""

from __future__ import annotations

from kinebench.datasets.loaders.loader import (
    MarkersIn,
    SampleFiles,
    TableLoader,
    augmented,
    keypoints,
)

_ROOT = "test_data/subject0"
_MODEL = f"{_ROOT}/OpenSimData/Model/LaiArnoldModified2017_poly_withArms_weldHand"
_MODELS = {"generic": f"{_MODEL}_generic.osim", "scaled": f"{_MODEL}_scaled.osim"}


def _markers(trial: str) -> dict[str, str | MarkersIn]:
    path = f"{_ROOT}/MarkerData/{trial}.trc"
    return {"keypoints": MarkersIn(path, keypoints), "augmented": MarkersIn(path, augmented)}


def _dynamic(trial: str, activity: str) -> SampleFiles:
    static = MarkersIn(f"{_ROOT}/MarkerData/neutral.trc", keypoints)
    motions = {"opencap": f"{_ROOT}/OpenSimData/IK/{trial}.mot"}
    return SampleFiles(activity, {**_markers(trial), "static": static}, motions, _MODELS)


LOADER = TableLoader(
    {
        "Squats_0": _dynamic("Squats_0", "squats"),
        "Asym_0": _dynamic("Asym_0", "asymmetric squats"),
        "neutral": SampleFiles("static", _markers("neutral"), models=_MODELS),
    }
)
