"""XML of strangers: entities neither multiply nor read files, wherever XML comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kinebench.core import Document, Model
from kinebench.errors import KinebenchError
from kinebench.io.setups import read_ik_tasks, read_time_range
from kinebench.kinematics.osim_tree import read_tree
from kinebench.osim.soundness import require_sound
from kinebench.scaling.recipe import read_recipe

LEVELS = "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' if i else '<!ENTITY a0 "0123456789">'
    for i in range(12)
)
MULTIPLYING = f"<!DOCTYPE x [{LEVELS}]><OpenSimDocument Version='40000'>&a11;</OpenSimDocument>"
BODY = (
    "<OpenSimDocument Version='40000'><InverseKinematicsTool><IKTaskSet><objects>"
    "<IKMarkerTask name='m'><apply>true</apply><weight>1</weight></IKMarkerTask></objects>"
    "</IKTaskSet><time_range>&x;</time_range></InverseKinematicsTool>"
    "<Model name='m'><BodySet><objects/></BodySet>&x;</Model><ScaleTool name='&x;'/>"
    "</OpenSimDocument>"
)


def reading_a_file(secret: Path) -> str:
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{BODY}'


READERS: dict[str, Callable[[Path], Any]] = {
    "ik tasks": read_ik_tasks,
    "time range": read_time_range,
    "model tree": lambda path: read_tree(Model("m", path.read_bytes())),
    "soundness": lambda path: require_sound(Model("m", path.read_bytes())),
    "scaling recipe": lambda path: read_recipe(Document("m", path.read_bytes())),
}


@pytest.mark.parametrize("name", READERS)
def test_entities_that_multiply_are_refused(name: str, tmp_path: Path) -> None:
    # 10^13 characters, were they written out
    (tmp_path / "a.xml").write_text(MULTIPLYING)
    with pytest.raises(KinebenchError) as caught:
        READERS[name](tmp_path / "a.xml")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("name", READERS)
def test_entities_that_name_a_file_do_not_read_it(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("12345 67890")
    (tmp_path / "a.xml").write_text(reading_a_file(tmp_path / "secret"))
    try:
        found = repr(READERS[name](tmp_path / "a.xml"))
    except KinebenchError as error:
        found = str(error)
    assert "12345" not in found
