"""A user's own folder becomes a dataset."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from kinebench.datasets import Places, cards, fetch_file
from kinebench.datasets.registration import add_dataset, index_folder
from kinebench.errors import DatasetError


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "trials").mkdir(parents=True)
    (folder / "trials" / "b.trc").write_bytes(b"bb")
    (folder / "a.mot").write_bytes(b"a")
    (folder / ".hidden").write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"x")
    return folder


def test_the_card_lists_every_visible_file_with_its_hash(study, places):
    card = add_dataset(study, "mine", title="My study", licence="CC-BY-4.0", places=places)
    assert [file.path for file in card.files] == ["a.mot", "trials/b.trc"]
    assert card.files[1].sha256 == hashlib.sha256(b"bb").hexdigest()
    assert card.files[1].size_bytes == 2
    assert (card.title, card.licence) == ("My study", "CC-BY-4.0")
    assert cards(places)["mine"] == card


def test_its_files_are_fetched_in_place(study, places):
    add_dataset(study, "mine", places=places)
    assert fetch_file("mine", "trials/b.trc", places) == study / "trials" / "b.trc"


def test_a_relative_folder_is_found_from_anywhere(study, places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    add_dataset(Path("study"), "mine", places=places)
    monkeypatch.chdir(study)
    assert fetch_file("mine", "a.mot", places).read_bytes() == b"a"


def test_a_name_is_taken_once_unless_replaced(study, places):
    add_dataset(study, "mine", places=places)
    (study / "a.mot").write_bytes(b"changed")
    with pytest.raises(DatasetError, match="'mine' was added before; '--replace'"):
        add_dataset(study, "mine", places=places)
    add_dataset(study, "mine", replace_existing=True, places=places)
    assert fetch_file("mine", "a.mot", places).read_bytes() == b"changed"


def test_the_name_of_a_shipped_dataset_is_taken(study, places):
    with pytest.raises(DatasetError, match="'opencap-core' is the name of a dataset that comes"):
        add_dataset(study, "opencap-core", replace_existing=True, places=places)


def test_an_illegal_name_writes_nothing(study, places):
    with pytest.raises(DatasetError, match="a dataset's name"):
        add_dataset(study, "../mine", places=places)
    assert not places.cards.exists()


def test_an_empty_folder_is_refused(tmp_path, places):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="holds no files"):
        add_dataset(tmp_path / "empty", "mine", places=places)
    assert "mine" not in cards(places)


def test_links_are_not_followed(study):
    (study / "link.trc").symlink_to("/etc/passwd")
    assert [file.path for file in index_folder(study)] == ["a.mot", "trials/b.trc"]


def test_neither_folder_nor_archive(tmp_path, places):
    with pytest.raises(DatasetError, match="is not there"):
        add_dataset(tmp_path / "absent", "mine", places=places)
    (tmp_path / "x.trc").write_bytes(b"x")
    with pytest.raises(DatasetError, match="is no zip or tar archive"):
        add_dataset(tmp_path / "x.trc", "mine", places=places)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_an_archive_is_extracted_into_the_cache(tmp_path, places):
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    assert fetch_file("mine", "x.trc", places) == places.cache / "mine" / "x.trc"


def test_a_hostile_archive_leaves_the_earlier_copy_alone(tmp_path, places):
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    hostile = _zip(tmp_path / "b.zip", {"x.trc": b"y", "../../evil": b"z"})
    with pytest.raises(DatasetError, match="would leave the folder"):
        add_dataset(hostile, "mine", replace_existing=True, places=places)
    assert fetch_file("mine", "x.trc", places).read_bytes() == b"x"
    assert not list(tmp_path.rglob("evil"))


def test_an_archive_replaces_what_was_there(tmp_path, places):
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    again = _zip(tmp_path / "b.zip", {"y.trc": b"y"})
    add_dataset(again, "mine", replace_existing=True, places=places)
    assert [path.name for path in (places.cache / "mine").iterdir()] == ["y.trc"]


def _labvalidation(folder: Path) -> Path:
    for path in (
        "subject2/sessionMetadata.yaml",
        "subject2/MarkerData/Mocap/walking1.trc",
        "subject2/OpenSimData/Mocap/IK/walking1.mot",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")
    return folder


def test_a_copy_fetched_by_hand_completes_the_shipped_card(tmp_path, places: Places):
    shipped = cards(places)["simtk-labvalidation"]
    assert shipped.manual
    card = add_dataset(_labvalidation(tmp_path / "lab"), "simtk-labvalidation", places=places)
    assert (card.title, card.licence, card.citation, card.doi) == (
        shipped.title,
        shipped.licence,
        shipped.citation,
        shipped.doi,
    )
    assert cards(places)["simtk-labvalidation"] == card
    assert not card.manual


def test_a_folder_of_another_layout_is_no_copy(tmp_path, places):
    folder = _labvalidation(tmp_path / "lab")
    (folder / "subject2/sessionMetadata.yaml").unlink()
    with pytest.raises(DatasetError, match=r"it has no {subject}/sessionMetadata\.yaml"):
        add_dataset(folder, "simtk-labvalidation", places=places)


@pytest.mark.parametrize("members", [{}, {".hidden": b"x"}], ids=["empty", "hidden files only"])
def test_a_copy_is_kept_until_its_successor_is_accepted(members, tmp_path, places):
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    broken = _zip(tmp_path / "b.zip", members)
    with pytest.raises(DatasetError, match=r"b\.zip holds no files"):
        add_dataset(broken, "mine", replace_existing=True, places=places)
    assert fetch_file("mine", "x.trc", places).read_bytes() == b"x"
    assert [path.name for path in places.cache.iterdir()] == ["mine"]


def test_a_successor_of_another_layout_does_not_replace_a_copy(tmp_path, places, monkeypatch):
    from kinebench.datasets import Card, registration
    from kinebench.datasets.patterns import Pattern

    needed = Pattern("other", "x.trc", presence="required")
    card = Card("mine", "t", "d", "MIT", "c", steps=("Fetch it.",), patterns=(needed,))
    monkeypatch.setattr(registration, "shipped_cards", lambda: {"mine": card})
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    with pytest.raises(DatasetError, match=r"has no x\.trc"):
        add_dataset(
            _zip(tmp_path / "b.zip", {"y.trc": b"y"}), "mine", replace_existing=True, places=places
        )
    assert (places.cache / "mine" / "x.trc").read_bytes() == b"x"


def test_a_card_that_cannot_be_written_leaves_the_old_copy(tmp_path, places, monkeypatch):
    from kinebench.datasets import registration
    from kinebench.io.atomic import OutputError

    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)

    def full(*_):
        raise OutputError("No space left on device")

    monkeypatch.setattr(registration, "write_atomically", full)
    with pytest.raises(OutputError):
        add_dataset(
            _zip(tmp_path / "b.zip", {"y.trc": b"y"}), "mine", replace_existing=True, places=places
        )
    assert fetch_file("mine", "x.trc", places).read_bytes() == b"x"


def test_a_replaced_copy_is_gone(tmp_path, places):
    add_dataset(_zip(tmp_path / "a.zip", {"x.trc": b"x"}), "mine", places=places)
    add_dataset(
        _zip(tmp_path / "b.zip", {"y.trc": b"y"}), "mine", replace_existing=True, places=places
    )
    assert [path.name for path in (places.cache / "mine").iterdir()] == ["y.trc"]
    assert [path.name for path in places.cache.iterdir()] == ["mine"]
