"""One clock and one frame for two recordings.

Always explicit, always recorded: metrics never align.
"""

from kinebench.alignment.align import (
    PolicyResult,
    Shifted,
    TimePolicy,
    align,
    compare_policies,
    sensitivity,
)
from kinebench.alignment.records import Aligned, AlignmentRecord, SpatialRecord
from kinebench.alignment.resampling import interpolated
from kinebench.alignment.spatial import RigidAlignment, SpatialAlignment, VerticalAxisAlignment
from kinebench.alignment.temporal import (
    GivenLag,
    MinimiseLag,
    NoAlignment,
    SignalLag,
    TimeAlignment,
)

__all__ = [
    "Aligned",
    "AlignmentRecord",
    "GivenLag",
    "MinimiseLag",
    "NoAlignment",
    "PolicyResult",
    "RigidAlignment",
    "Shifted",
    "SignalLag",
    "SpatialAlignment",
    "SpatialRecord",
    "TimeAlignment",
    "TimePolicy",
    "VerticalAxisAlignment",
    "align",
    "compare_policies",
    "interpolated",
    "sensitivity",
]
