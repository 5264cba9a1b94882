"""Names of files within archives and data sets, which must not lead out of their folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LONGEST_PART, _LONGEST_PATH = 255, 1500  # bytes; together with a folder of ours below 4096


def stays_inside(path: str) -> bool:
    """True for a plain relative path with ``/`` that cannot leave the folder it is put in."""
    if not isinstance(path, str) or not path or re.search(r"[\\\x00-\x1f\x7f]", path):
        return False
    if not can_exist(path):
        return False
    # a colon would be a drive or an alternate stream on Windows
    parts = PurePosixPath(path).parts
    return path == "/".join(parts) and ".." not in parts and ":" not in parts[0] and parts[0] != "/"


def can_exist(path: str) -> bool:
    """Whether file systems take names of that length: asked about longer ones, they fail."""
    whole = path.encode("utf-8", "replace")
    return len(whole) <= _LONGEST_PATH and max(map(len, whole.split(b"/"))) <= _LONGEST_PART
