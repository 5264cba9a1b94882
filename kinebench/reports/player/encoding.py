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


def step_for(values: FloatArray, finest: float) -> float:
    """Smallest step, a multiple of `finest`, with which all values fit into 16 bits."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if len(finite) else 0.0
    return finest * max(1.0, float(np.ceil(largest / (finest * _LARGEST))))


def as_shorts(values: FloatArray, step: float) -> str:
    """Values as 16-bit integers times `step`, little-endian, in base64; NaN is `MISSING`."""
    whole = np.where(np.isfinite(values), np.rint(values / step), MISSING)
    shorts: NDArray[Any] = np.clip(whole, MISSING, _LARGEST).astype("<i2")
    return base64.b64encode(shorts.tobytes()).decode("ascii")


def as_json_island(content: Any) -> str:
    """JSON that may stand in a <script> element: no text can end the element or open a comment."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
