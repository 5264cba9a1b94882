"""Sections of a study's report, as a file asks for them: which one is wrong is said."""

from __future__ import annotations

import pytest

from kinebench.errors import FileFormatError, NameNotFoundError
from kinebench.studies.files.sections import sections_of


def test_sections_are_counted_from_one() -> None:
    with pytest.raises((FileFormatError, NameNotFoundError), match="section 2"):
        sections_of({"sections": ["causes", {"kind": "causes", "wrong": 1}]}, ())


def test_a_kind_or_a_table_is_the_same_section() -> None:
    plain, table = sections_of({"sections": ["causes", {"kind": "causes"}]}, ())
    assert plain == table
    (titled,) = sections_of({"sections": [{"kind": "causes", "title": "Why"}]}, ())
    assert (titled.kind, titled.title) == ("causes", "Why")
    assert sections_of({}, ()) == ()


def test_an_unknown_kind_gets_the_near_match() -> None:
    with pytest.raises(NameNotFoundError, match="did you mean 'causes'"):
        sections_of({"sections": ["cause"]}, ())
