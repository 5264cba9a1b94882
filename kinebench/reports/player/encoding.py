"""Arrays as short text that a browser can read back."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray

MISSING = -32768
_LARGEST = 32767
_MOST_BYTES = 3  # a bend of 16-bit integers has 18 bits, with its sign 19


def step_for(values: FloatArray, finest: float) -> float:
    """Smallest step, a multiple of `finest`, with which all values fit into 16 bits."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if len(finite) else 0.0
    return finest * max(1.0, float(np.ceil(largest / (finest * _LARGEST))))


def as_courses(values: FloatArray, step: float) -> str:
    """Courses over time as text: half the size of their 16-bit integers, and the same numbers.

    Each value is a 16-bit integer times `step`, NaN is `MISSING`. What is written is by how much
    each departs from a straight line through the two frames before it: small numbers, where bodies
    move smoothly. Signs alternate (0, −1, 1, −2, …); seven bits a byte, the lowest first, the
    eighth says that more follow; base64.

    Parameters
    ----------
    values : (n_frames, ...)
    step : float
    """
    whole = np.where(np.isfinite(values), np.rint(values / step), MISSING)
    shorts = np.clip(whole, MISSING, _LARGEST).astype(np.int64).reshape(len(values), -1)
    ahead = np.concatenate([np.zeros((2, shorts.shape[1]), np.int64), shorts])
    bends = np.diff(ahead, 2, axis=0).ravel()
    return base64.b64encode(_in_sevens(np.where(bends < 0, -2 * bends - 1, 2 * bends))).decode()


def _in_sevens(numbers: NDArray[np.int64]) -> bytes:
    """Numbers of 0 or more in as many bytes as each needs: LEB128, as DWARF and WebAssembly."""
    n_bytes = np.ones(len(numbers), np.int64)
    for place in range(1, _MOST_BYTES):
        n_bytes += numbers >> (7 * place) > 0
    places = np.arange(_MOST_BYTES)
    sevens = numbers[:, None] >> (7 * places) & 0x7F
    more = places < n_bytes[:, None] - 1
    kept = places < n_bytes[:, None]
    return (sevens | more * 0x80).astype(np.uint8)[kept].tobytes()


def as_json_island(content: Any) -> str:
    """JSON that may stand in a <script> element: no text can end the element or open a comment."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
