"""The least time a frame can take: its floating-point operations by the clock.

Operations are counted from the mechanism, roughly, a multiplication and an addition as two:
a node's pose 63, a rotation 60 (sine and cosine as 40), a body's moments 170, a column's momentum,
bending and gradient 110, an entry of H 12, LᵀDL Σ depth · (depth + 2), its solution 4 Σ depth, a
marker 50. One core does 16 a cycle in vectors (two fused multiply-adds of four numbers).
"""

from __future__ import annotations

import re
from pathlib import Path

from kinebench.kinematics.mechanism import Mechanism

__all__ = ["clock_hz", "floor_s", "operations"]

PER_CYCLE = 16.0
USUAL_HZ = 3e9  # where the machine does not tell


def operations(mechanism: Mechanism, iterations: float) -> float:
    """Floating-point operations of one frame with so many Newton steps."""
    flat = mechanism.flat
    depth = flat.variable_depth.astype(float)
    evaluation = 63.0 * len(flat.nodes) + 60.0 * len(flat.terms)
    equations = 170.0 * len(flat.nodes) + 110.0 * len(depth) + 12.0 * (depth + 1.0).sum()
    step = (depth * (depth + 2.0)).sum() + 4.0 * depth.sum()
    markers = 50.0 * len(mechanism.markers)
    return float(markers + (iterations + 1.0) * evaluation + iterations * (equations + step))


def clock_hz() -> float:
    """Clock of the first core as Linux tells it."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"cpu MHz\s*:\s*([\d.]+)", told.read_text()) if told.exists() else None
    return 1e6 * float(found[1]) if found else USUAL_HZ


def floor_s(mechanism: Mechanism, iterations: float) -> float:
    """Seconds that a frame takes at least."""
    return operations(mechanism, iterations) / (PER_CYCLE * clock_hz())
