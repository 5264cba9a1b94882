"""One illegal card of the user's takes nothing else away."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from kinebench.cli.main import main

SOUND = 'title = "t"\ndescription = "d"\nlicence = "MIT"\ncitation = "c"\nsteps = ["s"]\n'


@pytest.mark.parametrize(
    "card",
    [
        b"title = ", b"", b"\xff\xfe", b"title = 1979-99-99", b"a = " + b"9" * 5000,
        SOUND.replace('"t"', "[1]").encode(), SOUND.replace('["s"]', "7").encode(),
        b"source = 1\n" + SOUND.encode(), b"source = [{files = 1.5}]\n" + SOUND.encode(),
        b"subject = [1]\n" + SOUND.encode(), b'title = "\\u001b[2J"',
    ],
    ids=lambda card: card[:24].decode("latin-1"),
)  # fmt: skip
def test_an_illegal_card_is_left_out_and_named(
    card: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KINEBENCH_CARDS", str(tmp_path / "cards"))
    for name, content in {"mine": card, "other": SOUND.encode()}.items():
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "card.toml").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(["data", "list", "--json"]) == 0
        listed = capsys.readouterr()
        assert main(["data", "show", "opencap-core"]) == 0
        asked = ["identify", str(tmp_path / "absent.trc"), "--mass", "70", "--height", "1.8"]
        assert main(asked) == 2
        shown = capsys.readouterr()
        assert main(["data", "show", "mine"]) == 2
        last = capsys.readouterr().err.splitlines()[-1]
    found = {row["name"] for row in json.loads(listed.out)}
    assert {"other", "opencap-core"} <= found
    assert "mine" not in found
    assert "card.toml" in listed.err
    assert listed.err.startswith("warning: left out, ")
    assert "absent.trc" in shown.err.splitlines()[-1]
    assert "card.toml" in last
