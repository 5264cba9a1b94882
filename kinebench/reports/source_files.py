"""Which files a page rests on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kinebench.core.provenance import changed_on, file_sha256
from kinebench.reports.blocks import Details, TableBlock
from kinebench.reports.tables import Table


def files_details(files: Iterable[tuple[str, Path]]) -> Details:
    """Each file once, by content: what it is, its name, when it was changed last, its digest.

    Folders are left out but for the last: a page should not tell where somebody keeps their data.

    Parameters
    ----------
    files : iterable of (str, Path)
        What a file is, and the file.
    """
    unique = dict.fromkeys(files)
    rows = tuple(
        (role, f"{path.parent.name}/{path.name}", changed_on(path), file_sha256(path))
        for role, path in unique
    )
    table = Table(("what", "file", "changed", "SHA-256"), rows, n_labels=4)
    caption = "Days in UTC, as the file system has them: a copy may be younger than the data."
    return Details("Files that were compared", (TableBlock(table, caption),))
