"""Random numbers that depend on names alone, never on the order in which they are drawn."""

from __future__ import annotations

import numpy as np

from kinebench.core.provenance import digest


def generator(*names: object) -> np.random.Generator:
    """A generator seeded by the SHA-256 of names, numbers or values.

    Adding a subject, a keypoint or a level of a factor moves no other's numbers.
    """
    return np.random.Generator(np.random.PCG64(int(digest(*names)[:32], 16)))
