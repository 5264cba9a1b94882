"""Compiled code in files: it runs, so a file counts only when nobody else can have made it.

This user must own it, others must not be able to write to its folder, and its digest must be right.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

_MAGIC = b"kinebench-code-1\n"


def is_private(folder: Path) -> bool:
    """Whether only this user can write to a folder: theirs, and closed to all others.

    A group that has the user's name counts as the user: so do systems set it up on which folders
    are writable by their group.
    """
    if not hasattr(os, "getuid"):
        return True  # Windows: access is not told by these bits
    try:
        status = folder.stat()
    except OSError:
        return False
    if status.st_uid != os.getuid() or status.st_mode & stat.S_IWOTH:
        return False
    return not status.st_mode & stat.S_IWGRP or _is_own_group(status.st_gid)


def _is_own_group(group: int) -> bool:
    import grp
    import pwd

    try:
        entry = grp.getgrgid(group)
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return False
    return entry.gr_name == user and set(entry.gr_mem) <= {user}


def sealed(content: bytes, stamp: bytes = b"") -> bytes:
    """What a file holds: content after its digest, which covers the stamp too."""
    return _MAGIC + hashlib.sha256(stamp + content).digest() + content


def read_code(path: Path, stamp: bytes = b"") -> bytes | None:
    """Content of a file of this user's whose digest is right; None for any other.

    Parameters
    ----------
    path : Path
    stamp : bytes
        What the code was compiled from, as when it was `sealed`.
    """
    try:
        # what is a link, a device or somebody's is not even opened
        status = path.lstat()
        own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if not (own and stat.S_ISREG(status.st_mode) and is_private(path.parent)):
            return None
        data = path.read_bytes()
    except OSError:
        return None
    content = data[len(_MAGIC) + 32 :]
    return content if data == sealed(content, stamp) else None
