"""TOML, JSON and YAML: plain values within reason, or one short line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.errors import FileFormatError, printable
from kinebench.io.documents import (
    items_of,
    parse_json,
    parse_toml,
    parse_yaml,
    read_text,
    texts_of,
    value_of,
)

PARSERS = {"json": parse_json, "toml": parse_toml, "yaml": parse_yaml}
TEXTS = st.text(max_size=10).filter(lambda text: printable(text) == text)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_json_comes_as_it_was_written(content: dict[str, Any]) -> None:
    assert parse_json(json.dumps(content), "a") == content


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("toml", "a = " + "9" * 5000, "cannot read f: "),
        ("toml", "a = " + "9" * 400, "a whole number of 1329 bits is too large"),
        ("toml", "a = inf", "a number is inf"),
        ("toml", "a = nan", "a number is nan"),
        ("toml", "a = 2001-01-01", "a date is neither text nor number"),
        ("toml", "a = 2001-99-99", "cannot read f: "),
        ("toml", "a = " + "[" * 5000, "cannot read f: "),
        ("toml", "a = " + "[" * 60 + "]" * 60, "nested more than 40 levels"),
        ("toml", 'a = "\\u001b[2J"', "control character"),
        ("toml", "a = 1\na = 2", "cannot read f: "),
        ("json", '{"a": ' + "9" * 5000 + "}", "cannot read f: "),
        ("json", '{"a": NaN}', "a number is nan"),
        ("json", '{"a": 1e999}', "a number is inf"),
        ("json", "[" * 100_000, "cannot read f: "),
        ("json", "", "cannot read f: "),
        ("json", "[]", "must hold keys with values"),
        ("json", '{"a": "\\ud800"}', "control character"),
        ("json", '{"a": "' + "x" * 5000 + '"}', "a text has 5000 characters"),
        ("yaml", "", "must hold keys with values"),
        ("yaml", "a: !!int x", "cannot read f: "),
        ("yaml", "a: !!bool x", "cannot read f: "),
        ("yaml", "a: !!timestamp x", "cannot read f: "),
        ("yaml", "a: !!int ''", "cannot read f: "),
        ("yaml", "a: !!binary '%'", "a bytes is neither text nor number"),
        ("yaml", "a: !!set {b}", "a set is neither text nor number"),
        ("yaml", "? [a]\n: 1", "cannot read f: "),
        ("yaml", "a: 0x" + "f" * 900, "bits is too large"),
        ("yaml", "a: .inf", "a number is inf"),
        ("yaml", "[" * 20000, "cannot read f: "),
        ("yaml", "a: &a [1]\nb: *a", "aliases"),
        ("yaml", "a: &a [*a]", "aliases"),
        ("yaml", "a: 1\n" * 60_000, "at most 200000 are read"),
    ],
)
def test_what_is_beyond_reason(kind: str, text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        PARSERS[kind](text, "f")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(FileFormatError, match="aliases"):
        parse_yaml("\n".join(levels), "f")


def test_dates_of_a_yaml_stay_texts() -> None:
    text = "date: 2001-99-99\nwhen: 2020-01-02 03:04:05\nmass_kg: 70.5\n"
    assert parse_yaml(text, "f") == {
        "date": "2001-99-99", "when": "2020-01-02 03:04:05", "mass_kg": 70.5,
    }  # fmt: skip


def test_encodings(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_text(path) == "a = 1"
    path.write_bytes("a = 1".encode("utf-16"))
    assert read_text(path) == "a = 1"
    path.write_bytes(b"a = 1\nb = '\xe4'")
    assert read_text(path) == "a = 1\nb = 'ä'"
    with pytest.raises(FileFormatError, match=r"cannot read b\.toml: .*No such file"):
        read_text(tmp_path / "b.toml")
    with pytest.raises(FileFormatError, match="cannot read"):
        read_text(tmp_path)


def test_kinds_of_values() -> None:
    table = {"n": 1, "f": 0.5, "t": "x", "flag": True, "list": ["a", 2], "tables": [{"a": 1}, 2]}
    assert value_of(table, "n", float, "it") == 1.0
    assert value_of(table, "none", str, "it", "default") == "default"
    for key, kind, word in [
        ("t", int, "a whole number"), ("flag", int, "a whole number"), ("n", bool, "true or false"),
        ("f", str, "a text"), ("f", list, "a list"), ("list", dict, "a table"),
    ]:  # fmt: skip
        with pytest.raises(FileFormatError, match=f"it: {key} must be {word}, found"):
            value_of(table, key, kind, "it")
    with pytest.raises(FileFormatError, match="list must be a list of texts, found 2"):
        texts_of(table, "list", "it")
    with pytest.raises(FileFormatError, match=r"\[\[tables\]\] number 2: must be a table, found 2"):
        items_of(table, "tables", "it")
