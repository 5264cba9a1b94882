"""Downloads against a server that misbehaves."""

from __future__ import annotations

import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kinebench.datasets import CardFile
from kinebench.datasets.download import Downloader
from kinebench.errors import DatasetError


def _leftovers(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_a_file_arrives_whole_and_alone(server, hasty, content_file, content, tmp_path):
    target = tmp_path / "deep" / "walk.trc"
    hasty(server.address + "walk.trc", content_file, target)
    assert target.read_bytes() == content
    assert _leftovers(target) == []
    assert server.ranges == [None]


def test_compression_is_declined_as_ranges_would_count_compressed_bytes(
    server, hasty, content_file, tmp_path
):
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert server.encodings == ["identity"]


def test_a_broken_connection_is_resumed_where_it_broke(
    server, hasty, content_file, content, tmp_path
):
    server.script = ["break", "break"]
    target = tmp_path / "walk.trc"
    hasty(server.address, content_file, target)
    half = len(content) // 2
    assert server.ranges == [None, f"bytes={half}-", f"bytes={half + half // 2}-"]
    assert target.read_bytes() == content
    assert _leftovers(target) == []


def test_a_server_that_ignores_the_range_is_read_from_the_start(
    server, hasty, content_file, content, tmp_path
):
    server.script, server.honours_ranges = ["break"], False
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert (tmp_path / "walk.trc").read_bytes() == content
    assert len(server.ranges) == 2


def test_a_later_download_goes_on_where_an_earlier_one_gave_up(
    server, content_file, content, tmp_path
):
    server.script = ["break"]
    target = tmp_path / "walk.trc"
    with pytest.raises(DatasetError, match="connection broke"):
        Downloader(attempts=1)(server.address, content_file, target)
    assert not target.exists()
    assert _leftovers(target) == ["walk.trc.part"]
    Downloader(attempts=1)(server.address, content_file, target)
    assert server.ranges == [None, f"bytes={len(content) // 2}-"]
    assert target.read_bytes() == content
    assert _leftovers(target) == []


def test_wrong_bytes_are_thrown_away_and_fetched_again_from_the_start(
    server, hasty, content_file, content, tmp_path
):
    server.script = ["wrong"]
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert server.ranges == [None, None]
    assert (tmp_path / "walk.trc").read_bytes() == content


def test_always_wrong_bytes_are_an_error_that_names_both_hashes(
    server, hasty, content_file, tmp_path
):
    server.script = ["wrong"] * 3
    with pytest.raises(DatasetError, match=rf"sha256 \w{{12}}…, not {content_file.sha256[:12]}"):
        hasty(server.address, content_file, tmp_path / "walk.trc")
    assert list(tmp_path.iterdir()) == []


def test_a_remainder_of_other_bytes_does_not_poison_the_download(
    server, hasty, content_file, content, tmp_path
):
    (tmp_path / "walk.trc.part").write_bytes(b"from an older version")
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert (tmp_path / "walk.trc").read_bytes() == content
    assert server.ranges == ["bytes=21-", None]


def test_a_remainder_as_long_as_the_file_is_not_resumed(
    server, hasty, content_file, content, tmp_path
):
    (tmp_path / "walk.trc.part").write_bytes(bytes(len(content)))
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert server.ranges == [None]


@pytest.mark.parametrize("status", [404, 403])
def test_a_refusal_is_not_asked_again(server, hasty, content_file, tmp_path, status):
    server.script = [status] * 3
    with pytest.raises(DatasetError, match=f"server answers {status}"):
        hasty(server.address, content_file, tmp_path / "walk.trc")
    assert len(server.ranges) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_passing_trouble_is_asked_again(server, hasty, content_file, content, tmp_path, status):
    server.script = [status, status]
    hasty(server.address, content_file, tmp_path / "walk.trc")
    assert (tmp_path / "walk.trc").read_bytes() == content


def test_pauses_double(server, content_file, tmp_path, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr("kinebench.datasets.download.time.sleep", pauses.append)
    server.script = [500] * 4
    with pytest.raises(DatasetError):
        Downloader(attempts=4, pause_s=0.5)(server.address, content_file, tmp_path / "walk.trc")
    assert pauses == [0.5, 1.0, 2.0]


def test_an_existing_file_survives_a_failed_download(server, hasty, content_file, tmp_path):
    server.script = ["wrong"] * 3
    (tmp_path / "walk.trc").write_bytes(b"mine")
    with pytest.raises(DatasetError):
        hasty(server.address, content_file, tmp_path / "walk.trc")
    assert (tmp_path / "walk.trc").read_bytes() == b"mine"


def test_nobody_listening(hasty, content_file, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DatasetError, match="no connection to the server"):
        hasty("http://127.0.0.1:9/walk.trc", content_file, tmp_path / "walk.trc")


def test_a_target_that_cannot_be_written(server, hasty, content_file, tmp_path):
    (tmp_path / "folder").write_bytes(b"a file where a folder should be")
    with pytest.raises(DatasetError, match="cannot write"):
        hasty(server.address, content_file, tmp_path / "folder" / "walk.trc")
    assert server.ranges == []


def test_an_empty_file_is_a_file(server, hasty, tmp_path, monkeypatch):
    nothing = CardFile(
        "empty", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    monkeypatch.setattr(
        "pooch.HTTPDownloader.__call__", lambda self, address, output, pooch: output.write(b"")
    )
    hasty(server.address, nothing, tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""


def test_downloads_side_by_side_do_not_disturb_each_other(
    server, hasty, content_file, content, tmp_path
):
    target = tmp_path / "walk.trc"
    with ThreadPoolExecutor(8) as pool:
        downloads = [
            pool.submit(hasty, server.address + "walk.trc", content_file, target) for _ in range(8)
        ]
        for download in downloads:
            download.result()
    assert target.read_bytes() == content
    assert _leftovers(target) == []


def test_an_interrupted_download_keeps_what_arrived(
    server, hasty, content_file, content, tmp_path, monkeypatch
):
    def interrupted(self, address, output, pooch):
        output.write(content[:100])
        raise KeyboardInterrupt

    target = tmp_path / "walk.trc"
    with monkeypatch.context() as patch:
        patch.setattr("pooch.HTTPDownloader.__call__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hasty(server.address, content_file, target)
    assert _leftovers(target) == ["walk.trc.part"]
    hasty(server.address, content_file, target)
    assert server.ranges == ["bytes=100-"]
    assert target.read_bytes() == content


def test_a_full_disk_is_told_and_leaves_the_old_file(hasty, content_file, tmp_path, monkeypatch):
    def full(self, address, output, pooch):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.HTTPDownloader.__call__", full)
    (tmp_path / "walk.trc").write_bytes(b"mine")
    with pytest.raises(DatasetError, match=r"cannot write .*walk\.trc: No space left on device"):
        hasty("http://127.0.0.1:9/", content_file, tmp_path / "walk.trc")
    assert (tmp_path / "walk.trc").read_bytes() == b"mine"


def test_a_silent_server_is_given_up(content_file, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DatasetError, match="the server does not answer"):
            Downloader(attempts=1, timeout_s=0.1)(address, content_file, tmp_path / "walk.trc")


@pytest.mark.parametrize("action", ["endless", "bomb"])
def test_a_server_that_sends_too_much_is_left(server, hasty, content_file, tmp_path, action):
    server.script = [action] * 3
    with pytest.raises(DatasetError, match=f"more than the {content_file.size_bytes} bytes"):
        hasty(server.address, content_file, tmp_path / "walk.trc")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_drips_is_left(server, content_file, tmp_path):
    # every read gets a byte within its own limit, but the file would take an hour
    server.script = ["drip"] * 3
    slow = Downloader(attempts=3, timeout_s=5.0, patience_s=0.3, slowest_bytes_s=1e9)
    with pytest.raises(DatasetError, match="too slow: not done after 0 s"):
        slow(server.address, content_file, tmp_path / "walk.trc")
    assert not (tmp_path / "walk.trc").exists()
    assert len(server.ranges) == 1


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_a_planted_link_leads_into_no_other_file(
    server, hasty, content_file, content, tmp_path, kind
):
    victim, part = tmp_path / "victim", tmp_path / "cache" / "walk.trc.part"
    victim.write_bytes(b"mine")
    part.parent.mkdir()
    if kind == "symbolic":
        part.symlink_to(victim)
    else:
        part.hardlink_to(victim)
    hasty(server.address, content_file, part.parent / "walk.trc")
    assert victim.read_bytes() == b"mine"
    assert (part.parent / "walk.trc").read_bytes() == content
    assert not (part.parent / "walk.trc").is_symlink()
    assert server.ranges == [None]
