"""Names of studies as names of files."""

from __future__ import annotations

import re

__all__ = ["file_stem"]


def file_stem(name: str) -> str:
    """``Right side, sinks?`` as ``right-side-sinks``: never a path, never empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "study"
