"""Second-order sections of Butterworth low-passes, run over many columns at once.

Section by section, frames are taken in blocks: within a block the output is one matrix times the
input plus another times the state at its beginning, and only the states go from block to block. So
that many columns cost a few matrix products, and no signal-processing library has to be loaded.

Sources
-------
Oppenheim, A. V., Schafer, R. W. (2010). Discrete-time signal processing, 3rd ed., sections 6.3
(transposed direct form II) and 7.2 (bilinear transform).
Gustafsson, F. (1996). Determining the initial states in forward-backward filtering. IEEE
Transactions on Signal Processing 44, 988–992.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kinebench.signals.runs import FloatArray

_BLOCK = 64  # frames; work per frame grows with it, and steps from block to block fall

_NUMBERS_AT_ONCE = 2_000_000  # memory: of a long recording a few columns after the other


@dataclass(frozen=True, slots=True)
class Section:
    """y[t] = b0 x[t] + b1 x[t−1] + b2 x[t−2] − a1 y[t−1] − a2 y[t−2]; a constant stays as it is."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


@lru_cache(maxsize=1024)
def low_pass_sections(order: int, cutoff_hz: float, rate_hz: float) -> tuple[Section, ...]:
    """Sections of one pass, −3 dB at the cut-off, by the bilinear transform.

    Parameters
    ----------
    order : int
    cutoff_hz : float
        Below half the rate.
    rate_hz : float
    """
    k = math.tan(math.pi * cutoff_hz / rate_hz)
    found = []
    if order % 2:
        found.append(Section(k / (k + 1), k / (k + 1), 0.0, (k - 1) / (k + 1), 0.0))
    for pair in range(order // 2):
        # a pair of poles at this angle from the negative real axis
        damping = 2 * math.cos(math.pi * (order - 1 - 2 * pair) / (2 * order))
        whole = 1 + damping * k + k * k
        b = k * k / whole
        found.append(
            Section(b, 2 * b, b, 2 * (k * k - 1) / whole, (1 - damping * k + k * k) / whole)
        )
    return tuple(found)


def forwards_and_backwards(
    sections: tuple[Section, ...], values: FloatArray, padding: int
) -> FloatArray:
    """Both ways through the sections, without lag.

    Parameters
    ----------
    sections : tuple of Section
    values : (n_frames, n_columns)
    padding : int
        Frames, fewer than there are, that the point-reflected signal goes on for at both ends; the
        filter begins in its steady state there.
    """
    at_once = max(1, _NUMBERS_AT_ONCE // len(values))
    if values.shape[1] > at_once:
        filtered = np.empty_like(values)
        for start in range(0, values.shape[1], at_once):
            part = slice(start, start + at_once)
            filtered[:, part] = forwards_and_backwards(sections, values[:, part], padding)
        return filtered
    before = 2 * values[:1] - values[padding:0:-1]
    after = 2 * values[-1:] - values[-2 : -padding - 2 : -1]
    longer = np.concatenate([before, values, after])
    for _ in range(2):
        for section in sections:
            longer = _passed(section, longer)
        longer = longer[::-1]
    return longer[padding : len(longer) - padding]


def _passed(section: Section, values: FloatArray) -> FloatArray:
    """One pass, from the steady state of the first frame on."""
    answer, to_state, step = _matrices(section)
    n, columns = values.shape
    whole = n // _BLOCK
    # each block with the state before it, so that one product gives its output
    blocks = np.empty((-(-n // _BLOCK), 2 + _BLOCK, columns))
    blocks[:whole, 2:] = values[: whole * _BLOCK].reshape(whole, _BLOCK, columns)
    blocks[whole:, 2 : 2 + n - whole * _BLOCK] = values[whole * _BLOCK :]
    blocks[whole:, 2 + n - whole * _BLOCK :] = 0.0
    # where a constant has led to: output 1 for input 1
    state = np.array([[1 - section.b0], [section.b2 - section.a2]]) * values[0]
    for block, push in zip(blocks, to_state @ blocks[:, 2:], strict=True):
        block[:2] = state
        state = step @ state + push
    return np.asarray((answer @ blocks).reshape(-1, columns)[:n])


@lru_cache(maxsize=64)
def _matrices(section: Section) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What a block does to its input and state.

    State and input -> output (block, 2 + block), input -> state (2, block), and
    state -> state (2, 2).
    """
    A = np.array([[-section.a1, 1.0], [-section.a2, 0.0]])
    B = np.array([section.b1 - section.a1 * section.b0, section.b2 - section.a2 * section.b0])
    powers = np.empty((_BLOCK + 1, 2, 2))
    powers[0] = np.eye(2)
    for k in range(_BLOCK):
        powers[k + 1] = powers[k] @ A
    answers = np.concatenate([[section.b0], (powers[: _BLOCK - 1] @ B)[:, 0]])
    lags = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    own = np.where(lags >= 0, answers[np.abs(lags)], 0.0)
    to_state = (powers[_BLOCK - 1 :: -1] @ B).T
    answer = np.concatenate([powers[:_BLOCK, 0], own], axis=1)
    return answer, np.ascontiguousarray(to_state), powers[_BLOCK]
