"""Cards: what is legal, and what the error says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.datasets import Card, CardFile, Source
from kinebench.datasets.card import card_toml, parse_card, read_card
from kinebench.errors import DatasetError, printable
from kinebench.io.inner_paths import stays_inside

SHA = "0123456789abcdef" * 4
TEXT = """
title = "Walks"
description = "Proves nothing."
licence = "Apache-2.0 AND MIT"
citation = "Nobody (2020)."
doi = "10.1371/journal.pcbi.1011462"

[subject]
mass_kg = 72.0
height_m = 1.78

[[source]]
address = "https://example.org/a/"
files = [
  { path = "x/y.trc", bytes = 3, sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
]

[[source]]
folder = "/study"
files = [
  { path = "z.trc", bytes = 0, sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
]
"""  # noqa: E501  # a card's own layout


def _card(**changes: Any) -> Card:
    source = Source("https://example.org/", None, (CardFile("a.trc", 1, SHA),))
    return replace(Card("walks", "T", "D", "MIT", "C", sources=(source,)), **changes)


def test_every_field_is_read():
    card = parse_card("walks", TEXT)
    assert card == Card(
        name="walks",
        title="Walks",
        description="Proves nothing.",
        licence="Apache-2.0 AND MIT",
        citation="Nobody (2020).",
        doi="10.1371/journal.pcbi.1011462",
        subject=(("mass_kg", 72.0), ("height_m", 1.78)),
        sources=(
            Source("https://example.org/a/", None, (CardFile("x/y.trc", 3, SHA),)),
            Source(None, Path("/study"), (CardFile("z.trc", 0, SHA),)),
        ),
    )
    assert not card.manual


def test_the_folder_names_the_dataset(tmp_path):
    (tmp_path / "walks").mkdir()
    (tmp_path / "walks" / "card.toml").write_text(TEXT)
    assert read_card(tmp_path / "walks" / "card.toml") == parse_card("walks", TEXT)


def test_an_error_names_the_file(tmp_path):
    (tmp_path / "card.toml").write_text("title = ")
    with pytest.raises(DatasetError, match=r"card\.toml: cannot read the TOML: Invalid"):
        read_card(tmp_path / "card.toml")
    with pytest.raises(DatasetError, match="cannot read"):
        read_card(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title", "titel", r"no field 'titel' \(did you mean 'title'"),
        ('licence = "Apache-2.0 AND MIT"\n', "", "lacks the field licence"),
        ("mass_kg", "mas_kg", "did you mean 'mass_kg'"),
        ("bytes = 3", "size = 3", "a file has no field 'size'"),
        ("bytes = 3", "bytes = -3", "bytes must be a count"),
        ('title = "Walks"', "title = [1]", "title must be a text, found"),
        ('title = "Walks"', 'title = "\\u001b[2J"', "control character"),
        ("bytes = 3", "bytes = " + "9" * 400, "bits is too large"),
        ("bytes = 3", "bytes = 1.5", "bytes must be a whole number"),
        ("bytes = 3", 'bytes = "3"', "bytes must be a whole number"),
        ('doi = "10.', 'doi = "https://doi.org/10.', "a DOI begins with 10."),
        ("Apache-2.0 AND MIT", "Apache 2.0", "SPDX"),
        ('title = "Walks"', 'title = " "', "title must be a text"),
        ('"z.trc"', '"x/y.trc"', "lists a path twice: x/y.trc"),
        ("example.org/a/", "example.org/a", "ends with /"),
        ("https://example.org", "ftp://example.org", r"begins with http\(s\)"),
        ('folder = "/study"', 'folder = "study"', "must be absolute"),
        ('folder = "/study"', "", "either an address or a folder"),
        ('folder = "/study"', 'folder = "/s"\naddress = "https://a.b/"', "either an address or"),
        ('sha256 = "0123', 'sha256 = "', "sha256 must be 64 hexadecimal digits"),
    ],
)  # fmt: skip
def test_an_illegal_card_is_refused(before, after, message):
    assert before in TEXT
    with pytest.raises(DatasetError, match=message):
        parse_card("walks", TEXT.replace(before, after, 1))


@pytest.mark.parametrize("name", ["", "../walks", "a/b", ".hidden", "a b"])
def test_an_illegal_name_is_refused(name):
    with pytest.raises(DatasetError, match="a dataset's name"):
        _card(name=name)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a\\b",
        "C:/x",
        "a//b",
        "./a",
        "a/",
        "a\nb",
        "..",
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(path):
    with pytest.raises(DatasetError, match="not a path inside"):
        CardFile(path, 1, SHA)


def test_a_card_without_sources_needs_steps():
    with pytest.raises(DatasetError, match="neither sources nor manual steps"):
        _card(sources=())
    assert _card(sources=(), steps=("Go there.",)).manual


def test_find_gives_the_source_too():
    card = parse_card("walks", TEXT)
    assert card.find("z.trc") == (card.sources[1], card.sources[1].files[0])


words = st.text(min_size=1, max_size=20).filter(
    lambda text: text.strip() != "" and printable(text) == text
)
names = st.from_regex(r"[A-Za-z0-9 _.-]{1,8}", fullmatch=True).filter(
    lambda name: name not in (".", "..")
)
files = st.builds(
    CardFile,
    st.lists(names, min_size=1, max_size=3).map("/".join),
    st.integers(0, 2**40),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)


@given(
    title=words,
    citation=words,
    steps=st.lists(words, max_size=2),
    files=st.lists(files, max_size=3, unique_by=lambda file: file.path),
    mass_kg=st.floats(0.1, 500),
)
def test_written_and_read_is_the_same_card(title, citation, steps, files, mass_kg):
    card = _card(
        title=title,
        citation=citation,
        steps=tuple(steps),
        subject=(("mass_kg", mass_kg), ("sex", "f")),
        sources=(Source("https://example.org/", None, tuple(files)),),
    )
    assert parse_card("walks", card_toml(card)) == card


@pytest.mark.parametrize("name", ["x" * 256, "é" * 128, "a/" * 800 + "b"])
def test_a_name_that_no_file_system_takes_is_refused(name):
    assert not stays_inside(name)
    with pytest.raises(DatasetError, match="no folder can have the name") as caught:
        Source(None, Path("/") / name, ())
    assert len(str(caught.value)) < 400
