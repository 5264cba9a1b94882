"""The trials of OpenCap's laboratory validation that are public without an account.

``reference``, where there is one, is the inverse kinematics of the optical markers; ``video`` is
OpenCap's motion from video.
"""

from __future__ import annotations

from kinebench.core.markers import Markers
from kinebench.datasets.loaders.loader import (
    KEYPOINTS,
    MarkersIn,
    SampleFiles,
    TableLoader,
    augmented,
    keypoints,
)

_OFFSET_REMOVED = "_offsetRemoved"


def optical(markers: Markers) -> Markers:
    """The optical markers of a file that also holds keypoints and augmented markers."""
    return markers.select(
        name
        for name in markers.names
        if name not in KEYPOINTS and not name.endswith(("_study", _OFFSET_REMOVED))
    )


def augmented_offset_removed(markers: Markers) -> Markers:
    """Augmented markers moved into the optical frame, under the names that models have."""
    ending = "_study" + _OFFSET_REMOVED
    chosen = markers.select(name for name in markers.names if name.endswith(ending))
    return chosen.rename({name: name.removesuffix(_OFFSET_REMOVED) for name in chosen.names})


_SUBJECT2 = "Examples/GRF_tracking_data/old/walking1"
SUBJECT2 = TableLoader(
    {
        "walking1": SampleFiles(
            "walking",
            {"mocap": f"{_SUBJECT2}.trc"},
            {
                "reference": f"{_SUBJECT2}.mot",
                "video": "for_antoine/subject2/walking1_video.mot",
            },
        )
    }
)

_SUBJECT3 = "Examples/GRF_tracking_data/OC_val"
_SUBJECT3_MARKERS = f"{_SUBJECT3}/walking1.trc"
SUBJECT3 = TableLoader(
    {
        "walking1": SampleFiles(
            "walking",
            {
                "keypoints": MarkersIn(_SUBJECT3_MARKERS, keypoints),
                "augmented": MarkersIn(_SUBJECT3_MARKERS, augmented),
                "augmented_offset_removed": MarkersIn(_SUBJECT3_MARKERS, augmented_offset_removed),
                "mocap": MarkersIn(_SUBJECT3_MARKERS, optical),
            },
            {"video": f"{_SUBJECT3}/walking1.mot"},
            {"scaled": f"{_SUBJECT3}/LaiUhlrich2022_scaled.osim"},
        )
    }
)

_SUBJECT4 = "data/grf/Subject4"
_SUBJECT4_MODELS = {
    "generic": f"{_SUBJECT4}/Models/unscaled_generic.osim",
    "scaled": f"{_SUBJECT4}/Models/manually_scaled.osim",
}


def _subject4(trial: str, activity: str) -> SampleFiles:
    return SampleFiles(
        activity,
        {
            "mocap": f"{_SUBJECT4}/MarkerData/{trial}.trc",
            "mocap_static": f"{_SUBJECT4}/MarkerData/static1.trc",
        },
        {"reference": f"{_SUBJECT4}/IK/{trial}_manual_scaling_ik.mot"},
        _SUBJECT4_MODELS,
    )


SUBJECT4 = TableLoader(
    {
        "squats1": _subject4("squats1", "squats"),
        "squatsAsym1": _subject4("squatsAsym1", "asymmetric squats"),
        "STS1": _subject4("STS1", "sit-to-stand"),
        "DJ2": _subject4("DJ2", "drop jump"),
        "walking1": _subject4("walking1", "walking"),
        "static1": SampleFiles(
            "static", {"mocap": f"{_SUBJECT4}/MarkerData/static1.trc"}, models=_SUBJECT4_MODELS
        ),
    }
)

_SUBJECT5 = "data/osim/LaiArnoldSubject5"
SUBJECT5 = TableLoader(
    {
        "DJ1": SampleFiles(
            "drop jump",
            {"mocap": f"{_SUBJECT5}/DJ1.trc"},
            {"reference": f"{_SUBJECT5}/DJ1.mot"},
            {
                "scaled": f"{_SUBJECT5}/LaiArnoldModified2017_poly_withArms_weldHand_scaled.osim",
            },
        )
    }
)

RAW_MOCAP_GAPS = TableLoader(
    {"DJ1": SampleFiles("drop jump", {"mocap": "data/grf/OpenCapUnfiltered/MarkerData/DJ1.trc"})}
)
