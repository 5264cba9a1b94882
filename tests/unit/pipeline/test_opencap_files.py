"""Which of OpenCap's files belong to what is tracked; the files themselves are not needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kinebench.errors import NameNotFoundError
from kinebench.pipeline import opencap as module
from kinebench.pipeline.opencap import generic_at_hand, opencap_setup, opencap_tasks


@pytest.fixture(autouse=True)
def _names_of_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are their names, behind what reads them."""

    def fetch_file(dataset: str, path: str) -> Path:
        return Path(dataset) / path

    monkeypatch.setattr(module, "fetch_file", fetch_file)
    for reader in ("read_model", "read_document", "read_ik_tasks"):
        kind = reader.removeprefix("read_")
        monkeypatch.setattr(module, reader, lambda path, kind=kind: f"{kind} {path.as_posix()}")
    opencap_setup.cache_clear()
    yield
    opencap_setup.cache_clear()


ROOT = "opencap-core/opensimPipeline"
CASES: dict[tuple[Any, ...], tuple[str, str, str, str]] = {
    (): ("", "augmenter", "", ""),
    ("augmented", "any_pose"): ("", "augmenter", "_any_pose", ""),
    ("augmented", "upright", True): ("_shoulder", "augmenter_shoulder", "", "_shoulder"),
    ("augmented", "any_pose", True): ("_shoulder", "augmenter_shoulder", "_any_pose", "_shoulder"),
    ("mocap",): ("", "mocap", "_Mocap", "_Mocap"),
    ("mocap", "upright", True): ("_shoulder", "mocap_shoulder", "_Mocap", "_Mocap"),
    ("openpose",): ("", "openpose", "_openpose", "_openpose"),
    ("openpose", "upright", True): ("_shoulder", "openpose", "_openpose", "_openpose"),
    ("mmpose",): ("", "mmpose", "_mmpose", "_mmpose"),
}


@pytest.mark.parametrize("asked", list(CASES))
def test_model_markers_scaling_and_tasks(asked: tuple[Any, ...]) -> None:
    model, markers, scaling, ik = CASES[asked]
    found = opencap_setup(*asked)
    assert found.generic == f"model {ROOT}/Models/LaiUhlrich2022{model}.osim"
    assert found.marker_set == f"document {ROOT}/Models/LaiUhlrich2022_markers_{markers}.xml"
    assert found.scaling == f"document {ROOT}/Scaling/Setup_scaling_LaiUhlrich2022{scaling}.xml"
    assert found.ik == f"ik_tasks {ROOT}/IK/Setup_IK{ik}.xml"


def test_names_are_known_or_refused() -> None:
    with pytest.raises(NameNotFoundError, match="OpenCap has no marker set 'augmentd'"):
        opencap_setup("augmentd")
    with pytest.raises(NameNotFoundError, match="OpenCap for mocap markers has no scaling set-up"):
        opencap_setup("mocap", "any_pose")
    with pytest.raises(NameNotFoundError, match="did you mean 'any_pose'"):
        opencap_setup("augmented", "any pose")
    with pytest.raises(NameNotFoundError, match="OpenCap has no marker set 'augmentd'"):
        opencap_tasks("augmentd")


@pytest.mark.parametrize(
    ("marker_set", "file"),
    [("augmented", ""), ("mocap", "_Mocap"), ("openpose", "_openpose"), ("mmpose", "_mmpose")],
)
def test_tasks_alone(marker_set: str, file: str) -> None:
    assert opencap_tasks(marker_set) == f"ik_tasks {ROOT}/IK/Setup_IK{file}.xml"
    assert opencap_tasks() == opencap_setup().ik


def test_the_generic_model_where_a_copy_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    place: list[Path | None] = [None, Path("here.osim")]

    def local_file(*name: str) -> Path | None:
        asked.append(name)  # type: ignore[arg-type]
        return place[len(asked) - 1]

    monkeypatch.setattr(module, "local_file", local_file)
    assert generic_at_hand() is None
    assert generic_at_hand() == "model here.osim"
    assert set(asked) == {("opencap-core", "opensimPipeline/Models/LaiUhlrich2022.osim")}
