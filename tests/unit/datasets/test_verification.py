"""Local copies against their cards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kinebench.datasets import find_card
from kinebench.datasets.fetching import fetch_file, mirror_path
from kinebench.datasets.registration import add_dataset
from kinebench.datasets.verification import Finding, verify_dataset, verify_folder
from kinebench.errors import DatasetError

PATH = "trials/walk 1.trc"


def _states(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.state for finding in findings]


def test_nothing_here_is_absent_and_nothing_is_downloaded(served, server, places):
    assert verify_dataset(served, places) == (Finding("walks", PATH, "absent", None),)
    assert server.ranges == []


def test_a_good_and_a_wrong_copy(served, places):
    path = fetch_file("walks", PATH, places)
    assert verify_dataset(served, places) == (Finding("walks", PATH, "good", path),)
    path.write_bytes(b"wrong")
    assert verify_dataset(served, places) == (Finding("walks", PATH, "wrong", path),)


def test_mirror_and_cache_are_both_looked_at(served, places, content, tmp_path):
    fetch_file("walks", PATH, places)
    source = served.sources[0]
    copy = tmp_path / "mirror" / mirror_path(source, source.files[0])
    copy.parent.mkdir(parents=True)
    copy.write_bytes(content[1:])
    mirrored = replace(places, mirror=tmp_path / "mirror")
    assert _states(verify_dataset(served, mirrored)) == ["wrong", "good"]
    assert verify_folder(tmp_path / "mirror", places) == (Finding("walks", PATH, "wrong", copy),)


def test_an_added_folder_by_name_and_by_folder(tmp_path, places):
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / name).write_bytes(name.encode())
    add_dataset(folder, "mine", places=places)
    (folder / "b").write_bytes(b"x")
    (folder / "c").unlink()
    by_folder = verify_folder(folder, places)
    assert _states(by_folder) == ["good", "wrong", "absent"]
    assert by_folder[2].copy == folder / "c"
    assert verify_dataset(find_card("mine", places), places) == by_folder


def test_a_folder_that_no_card_knows(tmp_path, places):
    with pytest.raises(DatasetError, match="neither a folder added"):
        verify_folder(tmp_path, places)
