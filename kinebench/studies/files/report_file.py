"""Study files as reports: one file, or a folder whose files are the parts of one report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kinebench.errors import FileFormatError, KinebenchError
from kinebench.io.documents import Table, parse_toml, read_text, require_keys, texts_of, value_of
from kinebench.studies.design import Study
from kinebench.studies.files.sections import sections_of
from kinebench.studies.files.study_file import HEAD_KEYS, study_from
from kinebench.studies.report_plan import ReportPlan

INDEX = "study.toml"
"""File of a folder with title, question and order of its parts; it has no factors itself."""

_INDEX_KEYS = ("question", "parts", *HEAD_KEYS)


def read_report(path: Path | str) -> ReportPlan:
    """Read a study file, or a folder of them.

    The files of a folder are parts of one report, in the order of their names. An `INDEX` beside
    them states title, question, sections and baseline, and the order if it is another. Without an
    index the first file states them.

    Raises
    ------
    FileFormatError
        A file is no study, two files state what stands once, or the folder has no file.
    """
    path = Path(path)
    return _of_folder(path) if path.is_dir() else _of_file(path)


def _of_file(path: Path) -> ReportPlan:
    content = _content(path)
    beside = path.with_name(INDEX)
    if "question" not in content and beside.is_file() and is_index(beside):
        # a part that is run alone still answers the question of its folder
        content = {**content, "question": _content(beside).get("question", "")}
    return _report(path, {}, [(path, content)])


def _of_folder(path: Path) -> ReportPlan:
    files = study_files(path)
    if not files:
        raise FileFormatError(f"{path} has no study file (*.toml)")
    contents = {file.name: _content(file) for file in files}
    index = contents.get(INDEX, {})
    if not _is_index(index):
        return _report(path, {}, [(path / name, content) for name, content in contents.items()])
    del contents[INDEX]
    with _naming(INDEX):
        require_keys(index, _INDEX_KEYS, "the index of a folder", ("title", "question"))
        chosen = texts_of(index, "parts", "the index") or tuple(contents)
    for name in chosen:
        if name not in contents:
            raise FileFormatError(
                f"{INDEX}: part '{name}' is not in {path}; it has {', '.join(contents) or 'none'}"
            )
    return _report(path, index, [(path / name, contents[name]) for name in chosen])


def study_files(folder: Path) -> list[Path]:
    """TOML files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml")


def is_index(path: Path) -> bool:
    """Whether a file is the index of its folder, so that the folder is one report."""
    return path.name == INDEX and _is_index(_content(path))


def _is_index(content: Table) -> bool:
    return bool(content) and "factors" not in content


def _report(path: Path, index: Table, parts: Sequence[tuple[Path, Table]]) -> ReportPlan:
    """A report of parts; what they share stands in the index, or else in the first of them."""
    head_file, head = (path / INDEX, index) if index else parts[0]
    for file, content in parts:
        doubled = [key for key in HEAD_KEYS if key in content and content is not head]
        if doubled:
            raise FileFormatError(
                f"{file.name}: {doubled[0]} is that of the whole report and stands in"
                f" {head_file.name}"
            )
    question = index.get("question")
    studies = tuple(_study(file, content, question) for file, content in parts)
    if not studies:
        raise FileFormatError(f"{path} has an index, and no study file beside it")
    with _naming(head_file.name):
        named = value_of(head, "baseline", str, "the study")
        return ReportPlan(
            value_of(head, "title", str, "the study", studies[0].name),
            value_of(head, "question", str, "the study", studies[0].question),
            studies,
            sections_of(head, studies),
            None if named is None else head_file.parent / named,
        )


def _study(file: Path, content: Table, question: Any) -> Study:
    with _naming(file.name):
        return study_from(content, question, file.parent)


def _content(path: Path) -> Table:
    return parse_toml(read_text(path), path.name)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Errors within name the file."""
    try:
        yield
    except KinebenchError as error:
        raise FileFormatError(f"{name}: {error}") from error
