"""Mirror, cache, public address: in this order, and never unverified."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kinebench.datasets import Card, CardFile, Places, Source, fetch_dataset, fetch_file
from kinebench.datasets.card import card_toml
from kinebench.datasets.fetching import matches, mirror_path
from kinebench.errors import DatasetError, KinebenchWarning

PATH = "trials/walk 1.trc"


@pytest.fixture
def mirrored(served: Card, places: Places, content: bytes, tmp_path: Path) -> Places:
    source = served.sources[0]
    path = tmp_path / "mirror" / mirror_path(source, source.files[0])
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return replace(places, mirror=tmp_path / "mirror")


def test_download_into_the_cache_once(served, server, places, content):
    path = fetch_file("walks", PATH, places)
    assert path == places.cache / "walks" / "trials" / "walk 1.trc"
    assert path.read_bytes() == content
    assert fetch_file("walks", PATH, places) == path
    assert len(server.ranges) == 1


def test_the_mirror_is_used_in_place(served, server, mirrored, places):
    path = fetch_file("walks", PATH, mirrored)
    assert path.is_relative_to(mirrored.mirror)
    assert server.ranges == []
    assert not places.cache.exists()


def test_the_mirror_comes_before_the_cache(served, mirrored, places):
    assert fetch_file("walks", PATH, places).is_relative_to(places.cache)
    assert fetch_file("walks", PATH, mirrored).is_relative_to(mirrored.mirror)


def test_a_mirror_lays_files_out_by_their_address():
    source = Source("https://raw.githubusercontent.com/owner/repo/0123/", None, ())
    file = CardFile("a/b.trc", 1, "0" * 64)
    assert mirror_path(source, file) == "raw.githubusercontent.com/owner/repo/0123/a/b.trc"


def test_a_wrong_copy_in_the_mirror_is_warned_about_and_not_used(served, server, mirrored, content):
    source = served.sources[0]
    wrong = mirrored.mirror / mirror_path(source, source.files[0])
    wrong.write_bytes(content[::-1])
    with pytest.warns(KinebenchWarning, match="the mirror's copy of trials/walk 1.trc"):
        path = fetch_file("walks", PATH, mirrored)
    assert path.read_bytes() == content
    assert path.is_relative_to(mirrored.cache)
    assert wrong.read_bytes() == content[::-1]


def test_a_mirror_that_lacks_the_file_is_passed_over(served, places, content, tmp_path):
    lacking = replace(places, mirror=tmp_path / "nothing here")
    assert fetch_file("walks", PATH, lacking).read_bytes() == content


@pytest.mark.parametrize("damage", [b"", b"short"], ids=["empty", "short"])
def test_a_corrupt_cached_file_is_noticed_and_fetched_again(
    served, server, places, content, damage
):
    path = fetch_file("walks", PATH, places)
    path.write_bytes(damage)
    with pytest.warns(KinebenchWarning, match="the cache's copy"):
        assert fetch_file("walks", PATH, places).read_bytes() == content
    assert len(server.ranges) == 2


def test_a_flipped_bit_of_a_file_already_verified_is_noticed(served, places, content):
    path = fetch_file("walks", PATH, places)
    fetch_file("walks", PATH, places)
    status = path.stat()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.warns(KinebenchWarning, match="has not the sha256"):
        fetch_file("walks", PATH, places)


def test_a_file_is_hashed_once_while_it_does_not_change(served, places, content_file, monkeypatch):
    path = fetch_file("walks", PATH, places)
    assert matches(path, content_file)

    def forbidden(path: Path) -> str:
        raise AssertionError(f"{path} is hashed again")

    monkeypatch.setattr("kinebench.datasets.fetching.file_sha256", forbidden)
    assert matches(path, content_file)


def test_offline_tells_dataset_address_and_place_in_one_line(served, server, places):
    server.script = [503] * 9
    with pytest.raises(DatasetError) as caught:
        fetch_file("walks", PATH, places)
    message = str(caught.value)
    assert "\n" not in message
    assert "dataset walks" in message
    assert f"{server.address}trials/walk%201.trc" in message
    assert str(places.cache / "walks" / "trials" / "walk 1.trc") in message


def test_a_file_placed_by_hand_where_the_message_says_is_found(served, server, places, content):
    server.script = [503] * 9
    with pytest.raises(DatasetError, match="save it as") as caught:
        fetch_file("walks", PATH, places)
    place = Path(str(caught.value).split("save it as ")[1])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    assert fetch_file("walks", PATH, places) == place


def test_fetch_dataset_gives_every_file(served, places):
    assert fetch_dataset("walks", places) == (places.cache / "walks" / "trials" / "walk 1.trc",)


def test_misspelt_path_offers_the_near_match(served, places):
    with pytest.raises(
        DatasetError, match=r"no file 'trials/walk.trc' \(did you mean 'trials/walk 1"
    ):
        fetch_file("walks", "trials/walk.trc", places)


def test_misspelt_dataset_offers_the_near_match(served, places):
    with pytest.raises(DatasetError, match=r"'opencap-cor' \(did you mean 'opencap-core'"):
        fetch_file("opencap-cor", PATH, places)


def test_a_manual_dataset_says_what_a_person_must_do(places):
    card = Card("by-hand", "T", "D", "MIT", "C", steps=("Go there.",))
    (places.cards / "by-hand").mkdir(parents=True)
    (places.cards / "by-hand" / "card.toml").write_text(card_toml(card))
    with pytest.raises(DatasetError, match="kinebench data add FOLDER --name by-hand"):
        fetch_file("by-hand", PATH, places)


@pytest.fixture
def own(places: Places, content: bytes, content_file: CardFile, tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "trials").mkdir(parents=True)
    (folder / PATH).write_bytes(content)
    card = Card("mine", "T", "D", "MIT", "C", sources=(Source(None, folder, (content_file,)),))
    (places.cards / "mine").mkdir(parents=True)
    (places.cards / "mine" / "card.toml").write_text(card_toml(card))
    return folder


def test_a_users_own_folder_is_used_in_place(own, places):
    assert fetch_file("mine", PATH, places) == own / PATH


def test_a_changed_file_of_a_users_own_folder_is_refused(own, places):
    (own / PATH).write_bytes(b"changed")
    with pytest.raises(DatasetError, match="changed since it was added"):
        fetch_file("mine", PATH, places)


def test_a_vanished_file_of_a_users_own_folder_is_named(own, places):
    (own / PATH).unlink()
    with pytest.raises(DatasetError, match="no longer there"):
        fetch_file("mine", PATH, places)
