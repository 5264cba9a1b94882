"""Files as the programs of Windows save them: byte-order marks, UTF-16, Latin-1."""

from __future__ import annotations

import codecs
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.cli.main import main
from kinebench.comparison import pairs_from_csv
from kinebench.core import Markers
from kinebench.core.motion import Coordinate, Motion
from kinebench.datasets.card import read_card
from kinebench.errors import FileFormatError, KinebenchWarning
from kinebench.events import read_events
from kinebench.io.keypoint_files import read_markers
from kinebench.io.models import read_model
from kinebench.io.mot import motion_text, read_motion
from kinebench.io.session import read_session
from kinebench.io.setups import read_ik_tasks
from kinebench.io.text import decoded
from kinebench.io.trc import read_trc, trc_text
from kinebench.lab.subjects import VirtualSubject, read_subjects, write_subjects
from kinebench.studies.files.study_file import read_study

CASES = Path(__file__).parent

ENCODED: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode("utf-8"),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 LE": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16 LE unmarked": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE unmarked": lambda text: text.encode("utf-16-be"),
    "UTF-32 LE": lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
    "UTF-32 BE": lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode("utf-8"),
}
MARKERS = Markers(("Knöchel", "b"), np.arange(3) / 10, np.full((3, 2, 3), 0.25))
STUDY = (
    (CASES / "14-toml-with-bom" / "study.toml")
    .read_text(encoding="utf-8-sig")
    .replace('augmenter = "v0.3"', 'augmenter = "lab-1"\nbody = "lab"')
)
SETUP = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSimDocument><InverseKinematicsTool><IKTaskSet>'
    '<objects><IKMarkerTask name="Knöchel"><weight>2</weight></IKMarkerTask></objects>'
    "</IKTaskSet></InverseKinematicsTool><Model/></OpenSimDocument>\n"
)
CARD = 'title = "Über"\ndescription = "d"\nlicence = "MIT"\ncitation = "c"\nsteps = ["ask"]\n'


def _trc(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "t.trc").write_bytes(save(trc_text(MARKERS, "t.trc")))
    return read_trc(folder / "t.trc")


def _csv(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "t.csv").write_bytes(save("time,Knöchel_x,Knöchel_y,Knöchel_z\n0,1,2,3\n1,1,2,3\n"))
    return read_markers(folder / "t.csv", "m")


def _mot(folder: Path, save: Callable[[str], bytes]) -> object:
    motion = Motion((Coordinate("knie_größe", "rotational"),), np.arange(3.0), np.ones((3, 1)))
    (folder / "t.mot").write_bytes(save(motion_text(motion)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinebenchWarning)  # what kind this coordinate is
        return read_motion(folder / "t.mot")


def _study(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "t.toml").write_bytes(save(STUDY))
    return read_study(folder / "t.toml")


def _session(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "MarkerData").mkdir(exist_ok=True)
    (folder / "MarkerData" / "squat.trc").write_bytes(save(trc_text(MARKERS, "squat.trc")))
    metadata = "mass_kg: 72.0\nheight_m: 1.78\nsubjectID: Jürgen\n"
    (folder / "sessionMetadata.yaml").write_bytes(save(metadata))
    return read_session(folder)


def _setup(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "t.xml").write_bytes(save(SETUP))
    return read_ik_tasks(folder / "t.xml")


def _model(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "t.osim").write_bytes(save(SETUP))
    return ET.canonicalize(read_model(folder / "t.osim").xml.decode())


def _card(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "card.toml").write_bytes(save(CARD))
    return read_card(folder / "card.toml")


def _events(folder: Path, save: Callable[[str], bytes]) -> object:
    (folder / "e.csv").write_bytes(save("name,start_s,end_s\nBücken,1,2\n"))
    return read_events(folder / "e.csv")


def _pairs(folder: Path, save: Callable[[str], bytes]) -> object:
    for name in ("a.mot", "b.mot"):
        (folder / name).touch()
    (folder / "p.csv").write_bytes(save("reference,estimate,subject\na.mot,b.mot,Jürgen\n"))
    return pairs_from_csv(folder / "p.csv")


def _people(folder: Path, save: Callable[[str], bytes]) -> object:
    write_subjects(folder / "s.json", [VirtualSubject("Jürgen", "male", 1.78, 72.0)])
    text = (folder / "s.json").read_text(encoding="utf-8")
    (folder / "s.json").write_bytes(save(text))
    return read_subjects(folder / "s.json")


READERS = [
    _trc, _csv, _mot, _study, _session, _setup, _model, _card, _events, _pairs, _people,
]  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_takes_every_encoding(
    tmp_path: Path, reader: Callable[..., object], encoding: str
) -> None:
    plain = reader(tmp_path, ENCODED["UTF-8"])
    assert reader(tmp_path, ENCODED[encoding]) == plain


@pytest.mark.parametrize("reader", [_trc, _csv, _mot, _session, _setup, _card, _events, _pairs])
def test_latin_1_of_older_programs(tmp_path: Path, reader: Callable[..., object]) -> None:
    plain = reader(tmp_path, ENCODED["UTF-8"])
    assert reader(tmp_path, lambda text: text.encode("latin-1")) == plain


def test_case_14(capsys: pytest.CaptureFixture[str], opencap_files: Path) -> None:
    assert main(["study", "plan", str(CASES / "14-toml-with-bom" / "study.toml")]) == 0
    assert "cells    2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "data",
    [b"PathFileType\0\0\0", b"\x00\x01\x02\x03" * 9, b"\xff\xfea", b"\xff\xfe\x00\xd8a\0"],
    ids=["padded", "binary", "half a character", "a lone surrogate"],
)
def test_what_is_no_text_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.trc").write_bytes(data)
    with pytest.raises(FileFormatError, match=r"^t\.trc is no [^\n]*text") as caught:
        read_trc(tmp_path / "t.trc")
    assert len(str(caught.value)) < 120


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\0"), min_size=1))
def test_a_marked_text_comes_back_whatever_it_says(text: str) -> None:
    for name in ("UTF-8 with a mark", "UTF-16 LE", "UTF-16 BE", "UTF-32 LE", "UTF-32 BE"):
        assert decoded(ENCODED[name](text), "t") == text
