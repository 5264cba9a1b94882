from __future__ import annotations

import pytest

from kinebench.alignment import NoAlignment
from kinebench.comparison import (
    PROCEDURES,
    IndexResampling,
    MeanOfBestLags,
    Procedure,
    procedure,
)
from kinebench.comparison.procedure import LOWER_BODY_21
from kinebench.core.provenance import describe
from kinebench.errors import NameNotFoundError, ValueRangeError


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_preset_is_known_by_its_name_and_describable(name: str) -> None:
    how = procedure(name)
    assert how.name == name
    assert describe(how)["kind"] == "Procedure"


@pytest.mark.parametrize("name", [name for name in PROCEDURES if name != "default"])
def test_replications_say_whom_and_how_they_differ(name: str) -> None:
    how = procedure(name)
    assert how.source
    assert how.differs
    assert any("kinebench" in difference for difference in how.differs)


def test_the_default_takes_the_clocks_as_one_and_averages_by_subject() -> None:
    how = procedure("default")
    assert how == Procedure()
    assert isinstance(how.time, NoAlignment)
    assert (how.pooling, how.bias_interval, how.headline) == ("hierarchical", "effective", "rmse")
    assert not how.remove_translation_offset


def test_what_the_published_ones_do() -> None:
    opencap = procedure("opencap-2023")
    assert opencap.headline == "mae"
    assert opencap.remove_translation_offset
    assert opencap.pooling == "pooled_repetitions"
    bench = procedure("opencapbench")
    assert bench.time == MeanOfBestLags(("knee_angle_r", "knee_angle_l"), 40)
    assert bench.coordinates is not None
    assert set(LOWER_BODY_21) - set(bench.coordinates) == {"pelvis_tx", "pelvis_ty", "pelvis_tz"}
    assert (bench.headline, procedure("falisse-2025").headline) == ("rmse", "rmse")
    lbmc = procedure("lbmc-2025")
    assert lbmc.time == IndexResampling(100)
    assert lbmc.bias_interval == "independent"


def test_the_21_coordinates_have_no_arms_and_no_toes() -> None:
    assert len(set(LOWER_BODY_21)) == 21
    assert not any(name.startswith(("arm", "elbow", "pro_sup", "mtp")) for name in LOWER_BODY_21)


def test_unknown_preset_offers_the_near_one() -> None:
    with pytest.raises(NameNotFoundError, match="opencap-2023"):
        procedure("opencap-2032")


@pytest.mark.parametrize(
    "wrong", [{"pooling": "by_hand"}, {"headline": "rmsd"}, {"events": "squats"}]
)
def test_misspelt_options(wrong: dict[str, str]) -> None:
    with pytest.raises(NameNotFoundError):
        Procedure(**wrong)  # type: ignore[arg-type]


def test_a_window_ends_after_its_start() -> None:
    with pytest.raises(ValueRangeError, match="2 to 1 s"):
        Procedure(window_s=(2.0, 1.0))
