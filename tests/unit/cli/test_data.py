"""`kinebench data`, run as the command line runs it."""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path

import pytest

from kinebench.cli import data
from kinebench.datasets.catalogue import cards, shipped_cards
from kinebench.datasets.places import Places
from kinebench.errors import DatasetError


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KINEBENCH_MIRROR", raising=False)
    monkeypatch.delenv("KINEBENCH_CARDS", raising=False)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "a.trc").write_bytes(b"a")
    (folder / "b.trc").write_bytes(b"bb")
    return folder


def kinebench_data(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    data.add_arguments(parser)
    return data.run(parser.parse_args([str(word) for word in words]))


def printed_json(capsys: pytest.CaptureFixture[str]):
    return json.loads(capsys.readouterr().out)


def test_list_names_every_dataset(capsys):
    assert kinebench_data("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(shipped_cards())
    assert any(line.startswith("opencap-core ") and "0/55 files" in line for line in lines)
    assert any("by hand" in line for line in lines)


def test_list_as_json_tells_how_much_is_here(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    capsys.readouterr()
    assert kinebench_data("list", "--json") == 0
    rows = {row["name"]: row for row in printed_json(capsys)}
    assert rows["mine"]["here"] == rows["mine"]["files"] == 2
    assert rows["mine"]["bytes"] == 3
    assert rows["opencap-core"]["here"] == 0
    assert rows["simtk-labvalidation"]["manual"]


def test_list_does_not_count_a_wrong_copy(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    (study / "a.trc").write_bytes(b"x")
    capsys.readouterr()
    kinebench_data("list", "--json")
    assert {row["name"]: row["here"] for row in printed_json(capsys)}["mine"] == 1


def test_show_prints_licence_citation_samples_and_files(capsys):
    assert kinebench_data("show", "opencap-session-subject0") == 0
    out = capsys.readouterr().out
    for text in ("MIT", "Uhlrich", "10.1371/journal.pcbi.1011462", "Squats_0", "a4677f795a31"):
        assert text in out


def test_show_a_manual_dataset_prints_its_steps(capsys):
    assert kinebench_data("show", "simtk-labvalidation") == 0
    assert "step 1      Open https://simtk.org" in capsys.readouterr().out


def test_show_as_json_holds_the_whole_card(capsys):
    assert kinebench_data("show", "opencap-processing", "--json") == 0
    card = printed_json(capsys)
    assert card["samples"] == ["squats1", "walking1"]
    assert card["sources"][0]["files"][0].keys() == {"path", "bytes", "sha256"}
    assert card["subject"]["mass_kg"] == 78.2


def test_show_prints_all_that_a_card_says(study, capsys, tmp_path):
    kinebench_data(
        "add", study, "--name", "mine", "--title", "My study", "--citation", "Me (2025)."
    )
    path = tmp_path / "cache" / "cards" / "mine" / "card.toml"
    more = 'doi = "10.1234/x"\nsteps = ["ask", "wait"]\n[subject]\nmass_kg = 70.5\nsex = "female"\n'
    path.write_text(path.read_text().replace("[[source]]", f"{more}\n[[source]]", 1))
    capsys.readouterr()
    assert kinebench_data("show", "mine") == 0
    assert capsys.readouterr().out.splitlines() == [
        "mine: My study",
        "",
        "Added from study.",
        "",
        "licence     LicenseRef-unstated",
        "citation    Me (2025)",
        "doi         https://doi.org/10.1234/x",
        "mass_kg     70.5",
        "sex         female",
        "step 1      ask",
        "step 2      wait",
        "",
        str(study),
        # SHA-256 of "a" and of "bb", as published
        "          1  ca978112ca1b  a.trc",
        "          2  3b64db95cb55  b.trc",
    ]


def test_list_is_a_line_of_name_files_size_and_title(study, capsys):
    kinebench_data("add", study, "--name", "mine", "--title", "My study")
    (study / "c.trc").write_bytes(bytes(2_000_000))
    kinebench_data("add", study, "--name", "larger", "--title", "Larger")
    (study / "a.trc").unlink()
    capsys.readouterr()
    kinebench_data("list")
    own = [line for line in capsys.readouterr().out.splitlines() if "tudy" in line or "Lar" in line]
    width = max(map(len, cards_here()))
    assert own == [
        f"{'larger':{width}}      2/3 files     2.0 MB  Larger",
        f"{'mine':{width}}      1/2 files     0.0 MB  My study",
    ]


def cards_here():
    return cards(Places.from_environment())


def test_fetch_all_leaves_out_what_a_person_must_fetch(study, capsys, monkeypatch):
    kinebench_data("add", study, "--name", "mine")
    known = cards_here()
    two = {name: known[name] for name in ("simtk-labvalidation", "mine")}
    assert two["simtk-labvalidation"].manual
    monkeypatch.setattr(data, "cards", lambda places: two)
    capsys.readouterr()
    assert kinebench_data("fetch", "--all") == 0
    assert capsys.readouterr().out == "mine: 2 files, all verified\n"


def test_fetch_gives_verified_paths(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    capsys.readouterr()
    assert kinebench_data("fetch", "mine", "--json") == 0
    assert printed_json(capsys) == [
        {"name": "mine", "paths": [str(study / "a.trc"), str(study / "b.trc")]}
    ]
    assert kinebench_data("fetch", "mine") == 0
    assert capsys.readouterr().out == "mine: 2 files, all verified\n"


@pytest.mark.parametrize("words", [("fetch",), ("fetch", "opencap-core", "--all")])
def test_fetch_wants_names_or_all(words):
    with pytest.raises(DatasetError, match="name the datasets to fetch, or say --all"):
        kinebench_data(*words)


def test_fetch_a_manual_dataset_tells_the_way():
    with pytest.raises(DatasetError, match="kinebench data show simtk-labvalidation"):
        kinebench_data("fetch", "simtk-labvalidation")


@pytest.mark.parametrize("action", ["show", "fetch", "verify"])
def test_misspelt_names_offer_the_near_match(action):
    with pytest.raises(DatasetError, match="did you mean 'opencap-core'"):
        kinebench_data(action, "opencap-kore")


def test_verify_is_0_when_all_is_good_and_1_when_a_file_changed(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    assert kinebench_data("verify", "mine") == 0
    assert kinebench_data("verify", study) == 0
    assert kinebench_data("verify") == 0
    (study / "a.trc").write_bytes(b"x")
    capsys.readouterr()
    for target in (["mine"], [str(study)], []):
        assert kinebench_data("verify", *target) == 1
        assert f"wrong: {study / 'a.trc'} (a.trc of dataset mine)" in capsys.readouterr().out


def test_verify_misses_a_file_gone_from_an_added_folder(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    (study / "a.trc").unlink()
    capsys.readouterr()
    assert kinebench_data("verify", "mine", "--json") == 1
    assert printed_json(capsys)[0] == {
        "dataset": "mine",
        "path": "a.trc",
        "state": "absent",
        "copy": str(study / "a.trc"),
    }


def test_verify_does_not_mind_what_was_never_downloaded(capsys):
    assert kinebench_data("verify", "opencap-processing") == 0
    assert "0 copies, 0 wrong, 3 absent" in capsys.readouterr().out


def test_verify_a_manual_dataset_without_a_copy():
    with pytest.raises(DatasetError, match="no copy of simtk-labvalidation was added"):
        kinebench_data("verify", "simtk-labvalidation")


def test_add_writes_a_card(study, capsys, tmp_path):
    words = ("--title", "My study", "--licence", "CC-BY-4.0", "--citation", "Me (2025).", "--json")
    assert kinebench_data("add", study, "--name", "mine", *words) == 0
    row = printed_json(capsys)
    assert Path(row["card"]) == tmp_path / "cache" / "cards" / "mine" / "card.toml"
    assert Path(row["card"]).is_file()
    assert (row["title"], row["licence"], row["here"]) == ("My study", "CC-BY-4.0", 2)


def test_add_twice_needs_replace(study):
    kinebench_data("add", study, "--name", "mine")
    with pytest.raises(DatasetError, match="--replace"):
        kinebench_data("add", study, "--name", "mine")
    assert kinebench_data("add", study, "--name", "mine", "--replace") == 0


def test_add_an_archive_that_leaves_its_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../evil", b"x")
    with pytest.raises(DatasetError, match="would leave the folder"):
        kinebench_data("add", tmp_path / "a.zip", "--name", "mine")
    assert not (tmp_path / "cache" / "cards").exists()


def test_verify_a_folder_that_no_card_knows(tmp_path):
    with pytest.raises(DatasetError, match="neither a folder added"):
        kinebench_data("verify", tmp_path)


def test_own_cards_can_lie_elsewhere(study, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KINEBENCH_CARDS", str(tmp_path / "team"))
    kinebench_data("add", study, "--name", "mine")
    assert (tmp_path / "team" / "mine" / "card.toml").is_file()
    assert kinebench_data("show", "mine") == 0
    assert str(study) in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("lst",), ("add", "folder"), ("show",)])
def test_bad_usage_ends_with_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        kinebench_data(*words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
