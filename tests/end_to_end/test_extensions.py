"""Packages outside kinebench add their parts, and every command knows them."""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.augmentation import VERSIONS
from kinebench.cleaning import CLEANERS, cleaners_text, parse_cleaners
from kinebench.cli.main import main
from kinebench.core import Coordinate, Markers, Motion
from kinebench.core.environment import environment
from kinebench.core.extensions import Catalogue, adding_packages
from kinebench.core.provenance import digest
from kinebench.datasets import Places, find_card
from kinebench.datasets.added import ADDED
from kinebench.datasets.loaders import load
from kinebench.errors import KinebenchWarning, NameNotFoundError, ValueRangeError
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc
from kinebench.lab import Population
from kinebench.lab.motions.squat import Squat
from kinebench.lab.sessions import write_session
from kinebench.metrics import CATALOGUE
from kinebench.pipeline.engines import ENGINES, engine
from kinebench.reports.study.added import SECTIONS
from kinebench.studies.sources.lab_session import LabSession
from tests.end_to_end import extension_packages as scratch

CATALOGUES: tuple[Catalogue[Any], ...] = (CLEANERS, VERSIONS, CATALOGUE, ENGINES, ADDED, SECTIONS)

STUDY = """
name = "mine"
question = "does the window matter?"
metrics = ["rmse", "median_error"]
[base]
body = "lab"
augmenter = "lab-1b"
engine = "fast"
[laboratory]
subjects = 1
activities = ["squat"]
[[factors]]
name = "filter"
path = "clean"
levels = ["none", "hann:0.2"]
[[factors]]
name = "engine"
path = "engine"
levels = ["fast", "slow"]
"""


Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts packages where Python finds them; afterwards nothing of them is left."""
    before = set(sys.modules)
    for catalogue in CATALOGUES:
        monkeypatch.setattr(catalogue, "_added", None)

    def put(*packages: dict[str, str]) -> Path:
        folder = tmp_path / "site"
        scratch.install(folder, packages)
        monkeypatch.syspath_prepend(str(folder))
        importlib.invalidate_caches()
        adding_packages.cache_clear()
        return folder

    yield put
    adding_packages.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("scratch_"):
            del sys.modules[name]


def recording() -> Markers:
    numbers = np.random.default_rng(1)
    return Markers(("A",), np.arange(60) / 60, numbers.normal(1.0, 0.01, (60, 1, 3)))


def test_how_many_files_it_takes() -> None:
    """Data apart: networks of an augmenter, files of a data set."""
    needed = {
        "filter": (scratch.FILTER, 2),
        "augmenter version": (scratch.AUGMENTER, 2),
        "metric": (scratch.METRIC, 2),
        "engine": (scratch.ENGINE, 2),
        "data set": (scratch.DATASET, 3),
        "report section": (scratch.SECTION, 2),
    }
    assert {kind: len(files) for kind, (files, _) in needed.items()} == {
        kind: count for kind, (_, count) in needed.items()
    }


def test_a_filter_of_another_package_is_a_cleaner(install: Install) -> None:
    with pytest.raises(NameNotFoundError):
        parse_cleaners("hann:0.2")
    CLEANERS._added = None
    install(scratch.FILTER)
    (hann,) = parse_cleaners("hann:0.2")
    assert cleaners_text((hann,)) == "hann:0.2"
    assert cleaners_text(parse_cleaners("hann")) == "hann"
    assert np.std(hann(recording()).positions) < np.std(recording().positions)
    with pytest.raises(ValueRangeError, match=r"window_s of Hann must be above 0 .*hann\[:WINDOW"):
        parse_cleaners("hann:3")
    with pytest.raises(ValueRangeError, match=r"window_s \(s\) must be a number, found 'x'"):
        parse_cleaners("hann:x")
    with pytest.raises(NameNotFoundError, match="did you mean 'hann'"):
        parse_cleaners("han")


def test_other_source_is_another_key(install: Install) -> None:
    folder = install(scratch.FILTER)
    (hann,) = parse_cleaners("hann")
    assert digest(hann) == digest(*parse_cleaners("hann"))
    before = digest(hann)
    file = folder / "scratch_filter.py"
    file.write_text(file.read_text().replace("2 * half + 3", "2 * half + 5"))
    del sys.modules["scratch_filter"]
    CLEANERS._added = None
    importlib.invalidate_caches()
    (changed,) = parse_cleaners("hann")
    assert digest(changed) != before


def test_nothing_is_imported_for_kinebenchs_own_names(install: Install) -> None:
    install(scratch.FILTER, scratch.ENGINE, scratch.BROKEN)
    assert parse_cleaners("median+level")
    assert engine("fast").name == "fast"
    assert not [name for name in sys.modules if name.startswith("scratch_")]


@pytest.mark.parametrize(
    ("package", "catalogue", "said"),
    [
        ("BROKEN", CLEANERS, "cleaner.broken of scratch-0 1.0 is left out: .*No module named"),
        ("TAKEN", CLEANERS, "cleaner.median of scratch-0 1.0 is left out: .*'median' is taken"),
        ("OTHER_KIND", ENGINES, "engine.three .* must be of type Engine, found int"),
    ],
)
def test_what_does_not_fit_is_left_out_with_one_line(
    install: Install, package: str, catalogue: Catalogue[Any], said: str
) -> None:
    install(getattr(scratch, package), scratch.FILTER)
    with pytest.warns(KinebenchWarning, match=said) as caught:
        names = set(catalogue)
    assert len(caught) == 1
    assert "\n" not in str(caught[0].message)
    assert names == {*catalogue}  # and no second warning
    if catalogue is CLEANERS:
        assert "hann" in names
    assert names >= set(catalogue._own)
    assert catalogue["median" if catalogue is CLEANERS else "fast"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = LabSession(Population("added").subject(0), (("squats", Squat(repetitions=1)),))
    return write_session(tmp_path_factory.mktemp("sessions") / "OpenCapData_1", content.content())


def test_run_takes_filter_augmenter_and_engine(
    install: Install, session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(scratch.FILTER, scratch.AUGMENTER, scratch.ENGINE)
    words = ("--clean", "hann:0.2", "--engine", "slow", "--augmenter", "lab-1b")
    out = tmp_path / "out"
    assert (
        main(["run", str(session), "--trial", "squats", *words, "--out", str(out), "--json"]) == 0
    )
    told = capsys.readouterr().out
    record = json.loads(next(out.rglob("run.json")).read_text())
    assert "Hann" in json.dumps(record)
    assert "SlowIK" in json.dumps(record)
    assert "lab-1b" in json.dumps(record) + told
    # whose code it was
    assert '"scratch-0": "1.0"' in json.dumps(record)
    assert environment()["scratch-2"] == "1.0"


def test_a_study_and_its_report_have_all_of_it(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(scratch.FILTER, scratch.AUGMENTER, scratch.ENGINE, scratch.METRIC, scratch.SECTION)
    (tmp_path / "study.toml").write_text(STUDY)
    out = tmp_path / "out"
    words = ["study", "run", str(tmp_path / "study.toml"), "--out", str(out), "--workers", "1"]
    assert main(words) == 0, capsys.readouterr().err
    with (out / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["metric"] for row in rows} >= {"rmse", "median_error"}
    page = (out / "report.html").read_text()
    for shown in ("hann:0.2", "Hann J (1903). Meteorologie.", "Nobody (2020). Markers.",
                  "augmenter lab-1b", "From elsewhere", "4 runs were looked at"):  # fmt: skip
        assert shown in page
    # the metric with title, unit and direction: beside the others, and where they are listed
    assert "median |error|, ° (lower is better)</th>" in page
    (listed,) = re.findall(r"<tr>(?:(?!<tr>).)*>median_error<.*?</tr>", page, re.DOTALL)
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", listed)
    assert cells == ["median_error", "median |error|", "°", "lower is better", "mine"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ('"lower"', "has no better 'smaller'"),
        ('"coordinate"', "has no unit 'coordinates'"),
    ],
)
def test_a_metric_with_a_word_that_means_nothing_is_left_out(
    install: Install, word: str, said: str
) -> None:
    wrong = {'"lower"': '"smaller"', '"coordinate"': '"coordinates"'}[word]
    package = {name: text.replace(word, wrong) for name, text in scratch.METRIC.items()}
    install(package)
    with pytest.warns(KinebenchWarning, match=f"metric.median_error .* is left out: .*{said}"):
        assert "median_error" not in CATALOGUE


def test_compare_computes_and_shows_a_metric(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(scratch.METRIC)
    times = np.arange(61) / 60
    motion = Motion((Coordinate("knee_angle_r"),), times, np.sin(6 * times)[:, None])
    for name in ("reference.mot", "estimate.mot"):
        write_motion(tmp_path / name, motion)
    files = [str(tmp_path / name) for name in ("reference.mot", "estimate.mot")]
    report = tmp_path / "report.html"
    assert main(["compare", *files, "--json", "--report", str(report)]) == 0
    assert "median_error" in capsys.readouterr().out
    assert "median |error|" in report.read_text()


def test_a_data_set_has_a_card_and_samples(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_trc(data / "walk.trc", recording())
    content = (data / "walk.trc").read_bytes()
    files = dict(scratch.DATASET)
    card = files["scratch-walks/card.toml"].replace("{folder}", str(data))
    card = card.replace("{bytes}", str(len(content)))
    files["scratch-walks/card.toml"] = card.replace("{sha256}", hashlib.sha256(content).hexdigest())
    install(files)
    places = Places(cache=tmp_path / "cache", cards=tmp_path / "cards", mirror=None)
    assert find_card("scratch-walks", places).title == "Walks"
    assert load("scratch-walks", "walk", places).markers["keypoints"].names == ("A",)
    assert main(["data", "list"]) == 0
    assert "scratch-walks" in capsys.readouterr().out
