"""The table of a file that says what is under test."""

from __future__ import annotations

from pathlib import Path

from kinebench.errors import FileFormatError
from kinebench.io.documents import Table, require_keys, table_of, value_of
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.under_test.command_line import CommandLine
from kinebench.pipeline.under_test.names import NameMap
from kinebench.pipeline.under_test.own import OwnPipeline
from kinebench.pipeline.under_test.protocol import UnderTest
from kinebench.pipeline.under_test.python_callable import PythonCallable
from kinebench.pipeline.under_test.ready_files import ReadyFiles

KINDS = ("python", "command", "files")
"""Keys of pipelines that are not kinebench's own."""

_MAPS = ("coordinates", "markers")
_TABLE = "[under_test]"


def under_test_of(content: Table, folder: Path, own: PipelineSpec) -> UnderTest:
    """What a gate's file puts under test: ``[under_test]`` or ``[pipeline]``.

    Parameters
    ----------
    content : mapping
        Of the whole file.
    folder : Path
        Of the file: paths in it start there.
    own : PipelineSpec
        Kinebench's own pipeline, where nothing else is named.

    Raises
    ------
    FileFormatError, NameNotFoundError, UnderTestError
        Naming table and key.
    """
    if "under_test" not in content:
        own_table = table_of(content, "pipeline", "the gate")
        return OwnPipeline(PipelineSpec.from_table({**own.to_table(), **own_table}))
    if "pipeline" in content:
        raise FileFormatError("a gate has either [under_test] or [pipeline], not both")
    return outside_of(table_of(content, "under_test", "the gate"), _TABLE, folder)


def outside_of(table: Table, where: str, folder: Path) -> UnderTest:
    """The pipeline that a table with one of `KINDS` describes.

    Parameters
    ----------
    table : mapping
        ``python``, ``command`` (with ``time_limit_s``) or ``files``; ``coordinates`` and
        ``markers`` map their names to ours.
    where : str
        What errors call the table.
    folder : Path
        Where paths in the table start.

    Raises
    ------
    FileFormatError, NameNotFoundError, UnderTestError
        Naming table and key.
    """
    require_keys(table, (*KINDS, "time_limit_s", *_MAPS), where)
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        raise FileFormatError(f"{where} needs one of {', '.join(KINDS)}, found {len(kinds)}")
    kind = kinds[0]
    if "time_limit_s" in table and kind != "command":
        raise FileFormatError(f"{where}: time_limit_s belongs to a command")
    if "markers" in table and kind == "files":
        raise FileFormatError(f"{where}: files are given no recording, so markers map nothing")
    names = NameMap(*(_names(table, kind, where) for kind in _MAPS))
    text = value_of(table, kind, str, where)
    if kind == "python":
        return PythonCallable(text, names, folder)
    if kind == "command":
        limit = value_of(table, "time_limit_s", float, where, 600.0)
        return CommandLine(text, names, limit, folder)
    if not (folder / text).is_dir():
        raise FileFormatError(f"{where}: there is no folder {text}")
    return ReadyFiles(folder / text, names)


def _names(table: Table, kind: str, where: str) -> dict[str, str]:
    names = table_of(table, kind, where)
    return {name: value_of(names, name, str, f"{where}, {kind}") for name in names}
