"""Every dataset is described, hashed, licensed, and can be loaded."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from kinebench.datasets import Places, Sample, cards, load, sample_names
from kinebench.datasets.card import card_toml, parse_card
from kinebench.datasets.catalogue import shipped_cards
from kinebench.datasets.loaders import LOADERS, lbmc, loader_of
from kinebench.datasets.patterns import find_items
from kinebench.datasets.verification import verify_folder

ROOT = Path(__file__).resolve().parents[2]
CARDS = shipped_cards()
# pinned and hashed as the others, but not among the files that tests have at hand
NOT_IN_MIRROR = {"biobuddy-examples", "opensim-fitter-walk"}
PINNED = [name for name, card in CARDS.items() if not card.manual]
DOWNLOADED = [name for name in PINNED if name not in NOT_IN_MIRROR]
MANUAL = [name for name, card in CARDS.items() if card.manual]

every_card = pytest.mark.parametrize("name", CARDS)
every_pinned = pytest.mark.parametrize("name", PINNED)
every_manual = pytest.mark.parametrize("name", MANUAL)
every_download = pytest.mark.parametrize("name", DOWNLOADED)


@pytest.fixture(scope="module")
def mirror(mirror_file: Callable[[str], Path]) -> Path:
    return mirror_file("INDEX.csv").parent


@pytest.fixture(scope="module")
def places(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Only the mirror: a file that it lacks would be a download, and an error."""
    folder = tmp_path_factory.mktemp("places")
    return Places(folder / "cache", folder / "cards", mirror)


def _index(mirror: Path) -> Iterator[dict[str, str]]:
    with (mirror / "INDEX.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def test_there_are_cards():
    assert len(DOWNLOADED) == 13
    assert set(PINNED) - set(DOWNLOADED) == NOT_IN_MIRROR
    assert MANUAL == [
        "biocv", "gait120", "gaitex", "ibv-keypoints-landmarks", "lbmc-markerless-videos",
        "nonsd-gait", "simtk-labvalidation", "zenodo-19720803",
    ]  # fmt: skip


def test_every_folder_holds_a_card_and_nothing_else():
    folders = [path for path in (ROOT / "datasets").iterdir() if path.is_dir()]
    assert sorted(path.name for path in folders) == sorted(CARDS)
    for folder in folders:
        assert [path.name for path in folder.iterdir()] == ["card.toml"]


@every_card
def test_the_card_says_what_it_must(name):
    card = CARDS[name]
    assert len(card.description) > 60
    assert any(character.isdigit() for character in card.citation), "a citation has a year"
    assert card.doi is not None or "https://" in card.citation
    assert parse_card(name, card_toml(card)) == card


@every_card
def test_the_card_says_how_its_reference_was_made_and_what_is_wrong(name):
    """Of every data set; of one that nobody compared, that the layout is hearsay or unknown."""
    card = CARDS[name]
    assert card.reference
    assert len(card.reference) > 20
    assert card.faults
    assert card.verified == (not card.manual), "a hash was seen of what is pinned, of nothing else"


@every_manual
def test_a_card_of_hearsay_says_so(name):
    card = CARDS[name]
    told = " ".join(card.faults)
    assert re.search(r"not read|unverified|no copy was compared", told)
    assert any(step.startswith("Open https://") for step in card.steps)
    assert card.licence_unread or name in ("gait120", "simtk-labvalidation")
    if card.licence_unread:
        assert "licence" in " ".join(card.steps), "the person is told to read it"


@every_card
def test_a_layout_that_makes_samples_has_a_loader_and_no_other_has(name):
    card = CARDS[name]
    assert (loader_of(card) is not None) == (
        name in LOADERS or any(pattern.sample for pattern in card.patterns)
    )
    if loader_of(card) is None:
        assert "no loader" in " ".join(card.faults) or "no samples" in " ".join(card.faults)


@every_card
def test_every_listed_file_fits_the_layout(name):
    """Where a card states both, the layout knows every file but the licence."""
    card = CARDS[name]
    if card.patterns and card.files:
        known = {item.path for item in find_items(card.patterns, [f.path for f in card.files])}
        left = {file.path for file in card.files} - known
        assert all(path == "LICENSE" or "static" in path for path in left)


@every_pinned
def test_addresses_are_pinned_to_a_commit(name):
    for source in CARDS[name].sources:
        assert source.address is not None
        parts = urlsplit(source.address)
        assert (parts.scheme, parts.netloc) == ("https", "raw.githubusercontent.com")
        commit = parts.path.rstrip("/").split("/")[3]
        assert len(commit) == 40
        assert int(commit, 16) >= 0
        assert source.files


@every_card
def test_no_path_and_no_address_is_listed_twice(name):
    paths = [file.path for file in CARDS[name].files]
    addresses = [
        f"{source.address}{file.path}" for source in CARDS[name].sources for file in source.files
    ]
    assert len(set(paths)) == len(paths)
    assert len(set(addresses)) == len(addresses)


def test_no_loader_is_left_over():
    assert set(LOADERS) <= set(CARDS)


@pytest.mark.mirror
def test_cards_and_index_name_the_same_bytes(mirror):
    listed = {
        (name, f"{source.address}{file.path}"): (file.size_bytes, file.sha256)
        for name in DOWNLOADED
        for source in CARDS[name].sources
        for file in source.files
    }
    indexed = {
        (row["dataset"], row["url"]): (int(row["bytes"]), row["sha256"]) for row in _index(mirror)
    }
    assert listed == indexed


@pytest.mark.mirror
def test_licences_are_those_of_the_index(mirror):
    indexed: dict[str, set[str]] = {}
    for row in _index(mirror):
        indexed.setdefault(row["dataset"], set()).add(row["licence"])
    assert {name: set(CARDS[name].licence.split(" AND ")) for name in DOWNLOADED} == indexed


@pytest.mark.mirror
def test_every_file_of_the_mirror_has_its_sha256(mirror, places):
    findings = verify_folder(mirror, places)
    assert len(findings) == sum(len(CARDS[name].files) for name in DOWNLOADED)
    assert {finding.state for finding in findings} == {"good"}


@pytest.mark.mirror
@every_download
def test_every_sample_loads(name, places):
    names = sample_names(name, places)
    assert names
    for sample_name in names:
        _check(load(name, sample_name, places), name, sample_name)
    assert not places.cache.exists(), "a file was not taken from the mirror"


def _check(sample: Sample, dataset: str, name: str) -> None:
    assert (sample.dataset, sample.name) == (dataset, name)
    assert sample.markers or sample.motions or sample.models
    for markers in sample.markers.values():
        spread = np.nanmax(markers.positions, axis=(0, 1)) - np.nanmin(markers.positions, (0, 1))
        assert 0.5 < spread.max() < 12, "positions of a person are metres"
    for motion in sample.motions.values():
        angles = [c.kind == "rotational" for c in motion.coordinates]
        assert np.nanmax(np.abs(motion.values[:, angles])) < 2 * math.pi, "angles are radians"


@pytest.mark.mirror
@every_download
def test_the_subject_of_a_card_is_an_adult(name, places):
    for sample_name in sample_names(name, places)[:1]:
        subject = load(name, sample_name, places).subject
        stated = dict(CARDS[name].subject)
        assert (subject is None) == (not stated)
        if subject is not None:
            assert (subject.mass_kg, subject.height_m) == (stated["mass_kg"], stated["height_m"])


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("dataset", "metadata"),
    [
        ("opencap-session-subject0", "test_data/subject0/metadata.yaml"),
        (
            "labvalidation-subject3-walking1",
            "Examples/GRF_tracking_data/OC_val/sessionMetadata.yaml",
        ),
    ],
)
def test_subjects_are_those_of_the_metadata(dataset, metadata, places):
    import yaml

    from kinebench.datasets import fetch_file

    stated = yaml.safe_load(fetch_file(dataset, metadata, places).read_text())
    card = dict(CARDS[dataset].subject)
    assert (card["mass_kg"], card["height_m"], card["sex"]) == (
        stated["mass_kg"],
        stated["height_m"],
        stated["sex"],
    )


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("opencap-session-subject0", "Squats_0"),
        ("keypoints-subject2", "squats"),
        ("labvalidation-subject3-walking1", "walking1"),
    ],
)
def test_samples_with_keypoints_are_trials(dataset, name, places):
    trial = load(dataset, name, places).trial()
    assert len(trial.keypoints.names) == 20
    assert (trial.static is not None) == (dataset == "opencap-session-subject0")


@pytest.mark.mirror
def test_subject3_has_optical_and_augmented_markers_of_the_same_person(places):
    """31.4 mm mean distance of 14 pairs as recorded, 30.0 mm with the offset removed."""
    sample = load("labvalidation-subject3-walking1", "walking1", places)
    pairs = [
        (f"{optical}{part}", f"{study}{part}_study")
        for optical, study in (("r", "r"), ("L", "L"))
        for part in (".ASIS", ".PSIS", "_knee", "_ankle", "_toe", "_5meta", "_calc")
    ]
    for key, expected_mm in (("augmented", 31.4), ("augmented_offset_removed", 30.0)):
        distances = [
            np.linalg.norm(
                sample.markers[key].position(augmented) - sample.markers["mocap"].position(optical),
                axis=1,
            )
            for optical, augmented in pairs
        ]
        assert 1000 * np.mean(distances) == pytest.approx(expected_mm, abs=0.1)


@pytest.mark.mirror
def test_lbmc_pairs_reproduce_the_authors_table(places):
    """Their procedure: resample to 100 points by index, leave out NaN, mean and RMS in rad."""
    published = {
        (row.participant, row.task, row.method, row.joint): row
        for row in lbmc.published_descriptives(places)
    }
    assert len(published) == 200
    assert sum(math.isnan(row.bias) for row in published.values()) == 58
    checked = 0
    for pair in lbmc.pairs(places):
        for joint in pair.reference.names:
            row = published.get((pair.participant, pair.task, pair.method, joint))
            if row is None or math.isnan(row.bias):
                continue
            error = _by_index(pair.estimate.value(joint)) - _by_index(pair.reference.value(joint))
            assert np.nanmean(error) == pytest.approx(row.bias, abs=1e-12)
            assert np.sqrt(np.nanmean(error**2)) == pytest.approx(row.rmsd, abs=1e-12)
            checked += 1
    assert checked == 71  # the rows of participant 01, half of the 142


def _by_index(values: np.ndarray) -> np.ndarray:
    grid = np.linspace(0, len(values) - 1, 100)
    return np.interp(grid, np.arange(len(values)), values)


def test_no_card_of_a_user_is_needed(tmp_path):
    assert list(cards(Places(tmp_path / "a", tmp_path / "b"))) == list(CARDS)


EXPECTED_KEYS = {
    "augmenter-known-answers-v0.1": ({"keypoints", "augmented"}, set(), set()),
    "augmenter-known-answers-v0.3": ({"keypoints", "augmented"}, set(), set()),
    "keypoints-subject2": ({"keypoints"}, set(), set()),
    "labvalidation-raw-mocap-gaps": ({"mocap"}, set(), set()),
    "labvalidation-subject2-walking1": ({"mocap"}, {"reference", "video"}, set()),
    "labvalidation-subject3-walking1": (
        {"keypoints", "augmented", "augmented_offset_removed", "mocap"},
        {"video"},
        {"scaled"},
    ),
    "labvalidation-subject4-mocap": (
        {"mocap", "mocap_static"},
        {"reference"},
        {"generic", "scaled"},
    ),
    "labvalidation-subject5-dj1": ({"mocap"}, {"reference"}, {"scaled"}),
    "lbmc-markerless-benchmark": (set(), {"reference", "Method1", "Method4", "Method5"}, set()),
    "opencap-core": (set(), set(), {"generic"}),
    "opencap-processing": (set(), {"video"}, set()),
    "opencap-session-subject0": (
        {"keypoints", "augmented", "static"},
        {"opencap"},
        {"generic", "scaled"},
    ),
    "pose2sim-demo-trc": ({"keypoints", "filtered", "augmented"}, set(), set()),
}


@pytest.mark.mirror
@every_download
def test_the_first_sample_holds_what_the_dataset_promises(name, places):
    sample = load(name, sample_names(name, places)[0], places)
    assert (set(sample.markers), set(sample.motions), set(sample.models)) == EXPECTED_KEYS[name]


@pytest.mark.mirror
def test_raw_mocap_has_gaps(places):
    """Blank cells are missing markers: 16 of the 51 have some."""
    markers = load("labvalidation-raw-mocap-gaps", "DJ1", places).markers["mocap"]
    assert int(markers.missing.any(axis=0).sum()) == 16


@pytest.mark.mirror
def test_keypoints_have_one_order(places):
    """The 20 keypoints of both known answers are the same, in the same order."""
    names = {
        load(dataset, sample, places).markers["keypoints"].names
        for dataset, sample in (
            ("augmenter-known-answers-v0.1", "drop_jump"),
            ("augmenter-known-answers-v0.3", "drop_vertical_jump"),
            ("keypoints-subject2", "squats"),
        )
    }
    assert len(names) == 1


@pytest.mark.mirror
def test_the_published_motion_of_the_session_has_its_clock(places):
    """OpenCap's .mot and .trc of a trial have the same frames."""
    for name in ("Squats_0", "Asym_0"):
        sample = load("opencap-session-subject0", name, places)
        times = sample.markers["keypoints"].times
        np.testing.assert_allclose(sample.motions["opencap"].times, times, atol=1e-3)


@pytest.mark.mirror
def test_both_video_motions_of_subject2_cover_the_optical_recording(places):
    sample = load("labvalidation-subject2-walking1", "walking1", places)
    reference, video = sample.motions["reference"].times, sample.motions["video"].times
    older = load("opencap-processing", "walking1", places).motions["video"].times
    assert video[0] <= reference[0]
    assert video[-1] >= reference[-1]
    np.testing.assert_allclose(older, reference, atol=1e-3)
