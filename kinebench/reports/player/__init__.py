"""Reference and estimate as skeletons that move in the page.

::

    reference = skeleton_of(model, true_motion)
    estimate = skeleton_of(scaled_model, estimated_motion)
    block = player_block(reference, estimate, "Worst trial.", "Squat; the right side sinks.")
    as_html(Document("Report", (Section("Trial", (block,)),)))
"""

from kinebench.reports.player.block import PlayerBlock, embedded_player
from kinebench.reports.player.body_errors import orientation_errors, point_errors
from kinebench.reports.player.build import player_block
from kinebench.reports.player.skeleton import Skeleton, skeleton_of, turned_onto

__all__ = [
    "PlayerBlock",
    "Skeleton",
    "embedded_player",
    "orientation_errors",
    "player_block",
    "point_errors",
    "skeleton_of",
    "turned_onto",
]
