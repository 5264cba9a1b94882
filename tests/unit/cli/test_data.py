"""`kinebench data`, run as the command line runs it."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from kinebench.cli import data
from kinebench.datasets.card import UNREAD_LICENCE
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
    kinebench_data("add", study, "--name", "mine", "--title", "My study", "--citation", "Me (2025)")
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


def card_with(tmp_path: Path, more: str, files: str | None = None) -> None:
    """A card of one's own, with what `kinebench data add` does not ask for."""
    path = tmp_path / "cache" / "cards" / "mine" / "card.toml"
    text = path.read_text()
    head, source = text.split("[[source]]", 1)
    path.write_text(f"{head}{more}\n[[source]]{files or source}")


LAYOUT = """
[expected]
subject = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]

[[pattern]]
kind = "motion"
key = "reference"
path = "{subject}/{trial}.mot"
sample = "{subject}/{trial}"
presence = "optional"
"""


@pytest.fixture
def laid_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy of two persons' motions and a note, whose card expects eight persons."""
    folder = tmp_path / "copy"
    for name in ("s1/sit.mot", "s1/walk.mot", "s2/walk.mot", "note.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    kinebench_data("add", folder, "--name", "mine")
    card_with(tmp_path, LAYOUT)
    capsys.readouterr()
    return folder


@pytest.mark.parametrize("named", [False, True])
def test_index_tells_what_is_there_and_what_is_missing(named, laid_out, capsys):
    assert kinebench_data("index", "mine", *([laid_out] if named else [])) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mine: 2 subjects, 3 samples, 3 files that the layout knows, 1 others",
        "",
        "s1",
        "  trial     sit, walk",
        "s2",
        "  trial     walk",
        "",
        "missing:",
        "  {subject}: 2 of 8 are there; not: s3, s4, s5, s6, s7, s8",
    ]


def test_index_as_json(laid_out, capsys):
    assert kinebench_data("index", "mine", "--json") == 0
    assert printed_json(capsys) == {
        "name": "mine",
        "files": 3,
        "unknown": 1,
        "subjects": {"s1": {"trial": ["sit", "walk"]}, "s2": {"trial": ["walk"]}},
        "samples": ["s1/sit", "s1/walk", "s2/walk"],
        "missing": [
            {
                "what": "{subject}",
                "found": 2,
                "expected": 8,
                "absent": ["s3", "s4", "s5", "s6", "s7", "s8"],
            }
        ],
    }


def test_index_names_six_of_what_is_missing(laid_out, tmp_path, capsys):
    shutil.rmtree(laid_out / "s1")
    assert kinebench_data("index", "mine", laid_out) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  {subject}: 1 of 8 are there; not: s1, s3, s4, s5, s6, s7, …"
    )
    for number in range(1, 9):
        (laid_out / f"s{number}").mkdir(exist_ok=True)
        (laid_out / f"s{number}" / "walk.mot").write_bytes(b"w")
    assert kinebench_data("index", "mine", laid_out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["", "nothing of what the card expects is missing"]


def test_index_of_what_nobody_fetched():
    with pytest.raises(DatasetError) as refused:
        kinebench_data("index", "simtk-labvalidation")
    assert str(refused.value) == (
        "no copy of simtk-labvalidation was added: name its folder, kinebench data index"
        " simtk-labvalidation FOLDER"
    )


def test_show_says_how_the_reference_was_made_and_what_nobody_compared(study, tmp_path, capsys):
    kinebench_data("add", study, "--name", "mine")
    more = 'reference = "Markers."\nfaults = ["One.", "Two."]\nverified = false\n'
    pattern = '[[pattern]]\nkind = "motion"\nkey = "k"\npath = "{subject}/{trial}.mot"\n'
    card_with(tmp_path, more + pattern + 'sample = "{subject}/{trial}"\npresence = "required"\n')
    capsys.readouterr()
    assert kinebench_data("show", "mine") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[6:12] == [
        "reference   Markers.",
        "known fault One.",
        "known fault Two.",
        "verified    no: nobody compared a copy with this card yet",
        "layout      {subject}/{trial}.mot  (motion, required)",
        "",
    ]
    assert kinebench_data("show", "mine", "--json") == 0
    card = printed_json(capsys)
    assert card["reference"] == "Markers."
    assert card["faults"] == ["One.", "Two."]
    assert card["verified"] is False
    layout = {"kind": "motion", "path": "{subject}/{trial}.mot", "presence": "required"}
    assert card["layout"] == [layout]


def test_a_card_as_json_says_where_its_files_come_from(study, capsys):
    kinebench_data("add", study, "--name", "mine", "--title", "My study", "--citation", "Me (2025)")
    capsys.readouterr()
    assert kinebench_data("show", "mine", "--json") == 0
    assert printed_json(capsys) == {
        "name": "mine",
        "title": "My study",
        "licence": "LicenseRef-unstated",
        "manual": False,
        "files": 2,
        "here": 2,
        "bytes": 3,
        "description": "Added from study.",
        "citation": "Me (2025)",
        "doi": None,
        "reference": None,
        "faults": [],
        "verified": True,
        "layout": [],
        "steps": [],
        "subject": {},
        "sources": [
            {
                "address": None,
                "folder": str(study),
                "files": [
                    {"path": "a.trc", "bytes": 1, "sha256": hashlib.sha256(b"a").hexdigest()},
                    {"path": "b.trc", "bytes": 2, "sha256": hashlib.sha256(b"bb").hexdigest()},
                ],
            }
        ],
        "samples": [],
    }
    assert kinebench_data("show", "opencap-processing", "--json") == 0
    (source, *_) = printed_json(capsys)["sources"]
    assert source["address"].startswith("https://raw.githubusercontent.com/")
    assert source["folder"] is None


def test_a_card_without_citation_description_and_samples_prints_neither(capsys):
    kinebench_data("show", "simtk-labvalidation")
    out = capsys.readouterr().out
    assert "\nsamples " not in out
    assert "  (motion, " in out


@pytest.mark.parametrize("name", ["opencap-processing", "simtk-labvalidation"])
def test_a_blank_line_stands_before_the_files_of_each_source(name, capsys):
    known = shipped_cards()[name]
    kinebench_data("show", name)
    lines = capsys.readouterr().out.splitlines()
    places = [lines.index(str(source.address or source.folder)) for source in known.sources]
    assert all(lines[place - 1] == "" for place in places)
    assert len(lines) - (places[0] if places else len(lines)) == sum(
        len(source.files) + 1 for source in known.sources
    ) + max(len(places) - 1, 0)


def test_verify_counts_each_datasets_copies_on_a_line_of_its_own(study, tmp_path, capsys):
    kinebench_data("add", study, "--name", "mine")
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.trc").write_bytes(b"c")
    kinebench_data("add", other, "--name", "yours")
    (study / "a.trc").write_bytes(b"x")
    (study / "b.trc").unlink()
    capsys.readouterr()
    assert kinebench_data("verify") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        f"wrong: {study / 'a.trc'} (a.trc of dataset mine)",
        f"absent: {study / 'b.trc'} (b.trc of dataset mine)",
    ]
    assert "mine: 1 copies, 1 wrong, 1 absent" in lines
    assert "yours: 1 copies, 0 wrong, 0 absent" in lines
    assert kinebench_data("verify", "--json") == 1
    states = {(row["dataset"], row["path"]): row["state"] for row in printed_json(capsys)}
    assert states["mine", "a.trc"] == "wrong"
    assert states["yours", "c.trc"] == "good"


def test_verify_as_json_is_0_where_all_is_good(study, capsys):
    kinebench_data("add", study, "--name", "mine")
    capsys.readouterr()
    assert kinebench_data("verify", "mine", "--json") == 0
    assert [row["state"] for row in printed_json(capsys)] == ["good", "good"]


def test_a_known_name_is_a_dataset_even_where_a_folder_has_it(study, tmp_path, monkeypatch, capsys):
    kinebench_data("add", study, "--name", "mine")
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert kinebench_data("verify", "mine") == 0
    assert capsys.readouterr().out == "mine: 2 copies, 0 wrong, 0 absent\n"


def test_add_says_where_the_card_is(study, tmp_path, capsys):
    words = ("--description", "Of two.")
    assert kinebench_data("add", study, "--name", "mine", *words) == 0
    card = tmp_path / "cache" / "cards" / "mine" / "card.toml"
    assert capsys.readouterr().out == f"mine: 2 files listed in {card}\n"
    assert cards_here()["mine"].description == "Of two."


def test_fetch_leaves_out_licences_that_nobody_read_unless_they_are_accepted(
    study, tmp_path, capsys, monkeypatch
):
    kinebench_data("add", study, "--name", "mine")
    unread = replace(cards_here()["mine"], licence=UNREAD_LICENCE)
    monkeypatch.setattr(data, "cards", lambda places: {"mine": unread})
    monkeypatch.setattr(data, "find_card", lambda name, places: unread)
    asked = []

    def fetch_file(name, path, places, *, accept_licence=False):
        asked.append((name, path, accept_licence))
        return study / path

    monkeypatch.setattr(data, "fetch_file", fetch_file)
    capsys.readouterr()
    assert kinebench_data("fetch", "--all") == 0
    assert capsys.readouterr().out == ""
    kinebench_data("fetch", "mine")
    kinebench_data("fetch", "mine", "--accept-licence")
    assert asked == [("mine", p, said) for said in (False, True) for p in ("a.trc", "b.trc")]


def test_fetching_counts_its_files_at_a_terminal(study, capsys, monkeypatch):
    kinebench_data("add", study, "--name", "mine")
    shown: list[str] = []
    monkeypatch.setattr(data, "status_line", lambda: nullcontext(shown.append))
    kinebench_data("fetch", "mine")
    assert shown == ["mine 1/2", "mine 2/2"]


def test_the_help_names_the_folders_that_can_be_set():
    parser = argparse.ArgumentParser()
    data.add_arguments(parser)
    for name in ("KINEBENCH_MIRROR", "KINEBENCH_CACHE", "KINEBENCH_CARDS"):
        assert name in parser.format_help()
