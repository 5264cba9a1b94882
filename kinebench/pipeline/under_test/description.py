"""The table of a gate's file that says what is under test."""

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

__all__ = ["under_test_of"]

_KINDS = ("python", "command", "files")
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
    table = table_of(content, "under_test", "the gate")
    require_keys(table, (*_KINDS, "time_limit_s", *_MAPS), _TABLE)
    kinds = [kind for kind in _KINDS if kind in table]
    if len(kinds) != 1:
        raise FileFormatError(f"{_TABLE} needs one of {', '.join(_KINDS)}, found {len(kinds)}")
    kind = kinds[0]
    if "time_limit_s" in table and kind != "command":
        raise FileFormatError(f"{_TABLE}: time_limit_s belongs to a command")
    if "markers" in table and kind == "files":
        raise FileFormatError(f"{_TABLE}: files are given no recording, so markers map nothing")
    names = NameMap(*(_names(table, kind) for kind in _MAPS))
    text = value_of(table, kind, str, _TABLE)
    if kind == "python":
        return PythonCallable(text, names, folder)
    if kind == "command":
        limit = value_of(table, "time_limit_s", float, _TABLE, 600.0)
        return CommandLine(text, names, limit, folder)
    if not (folder / text).is_dir():
        raise FileFormatError(f"{_TABLE}: there is no folder {text}")
    return ReadyFiles(folder / text, names)


def _names(table: Table, kind: str) -> dict[str, str]:
    names = table_of(table, kind, _TABLE)
    return {name: value_of(names, name, str, f"[under_test.{kind}]") for name in names}
