"""Reading scaling set-ups, and the factors that follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.errors import KinebenchWarning, ScalingError
from kinebench.kinematics import marker_positions, read_tree
from kinebench.scaling.recipe import averaged_markers, body_factors, read_recipe, tool_frames
from kinebench.scaling.setup import placing_markers

BODIES = ("pelvis", "thigh", "shank", "foot", "cap")


@pytest.fixture(scope="module")
def places(leg: Model) -> dict[str, np.ndarray]:
    tree = read_tree(leg)
    return dict(zip(tree.marker_names, marker_positions(tree, tree.defaults), strict=True))


def edited(setup: Document, old: str, new: str) -> Document:
    assert old in setup.xml.decode()
    return Document(setup.name, setup.xml.decode().replace(old, new).encode())


def test_reads_what_the_setup_says(make_setup: Callable[..., Document]) -> None:
    recipe = read_recipe(make_setup(preserve=False, manual=(("foot", "1.2 1.1 0.9"),)))
    assert recipe.model_name == "leg_of_someone"
    assert recipe.order == ("measurements",)
    assert recipe.measurements[1].pairs == (("asis_r", "psis_r"), ("asis_l", "psis_r"))
    assert recipe.measurements[1].scaled == (("pelvis", (0, 1)),)
    assert recipe.manual == (("foot", (1.2, 1.1, 0.9)),)
    assert not recipe.preserve_mass_distribution
    assert recipe.tasks.weights["toe"] == 10.0
    assert [task.name for task in recipe.tasks.coordinate_tasks] == ["knee", "ankle"]


def test_measurements_switched_off_are_left_out(make_setup: Callable[..., Document]) -> None:
    name = '<Measurement name="thigh"><apply>'
    setup = edited(make_setup(), f"{name}true", f"{name}false")
    assert "thigh" not in [one.name for one in read_recipe(setup).measurements]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ModelScaler>", "Scaler>", "no scaling set-up"),
        ("<ModelScaler><apply>true", "<ModelScaler><apply>false", "ModelScaler of leg_setup"),
        ("<MarkerPlacer><apply>true", "<MarkerPlacer><apply>false", "MarkerPlacer of leg_setup"),
        (">measurements<", ">measurement<", "'measurement'; valid are measurements"),
        ("calc toe", "calc toe meta", "of measurement foot must name two markers, found 3"),
        ("foot:X", "foot:X", ""),
        ('name="foot"', 'name="thigh"', "has two measurements called thigh; remove one"),
    ],
)
def test_refuses_setups_that_cannot_be_followed(
    make_setup: Callable[..., Document], old: str, new: str, message: str
) -> None:
    setup = make_setup()
    if not message:
        old, new, message = "<axes>X Z<", "<axes>X W<", "must be X, Y, Z, found X W"
    with pytest.raises(ScalingError, match=message):
        read_recipe(edited(setup, old, new))


@pytest.mark.parametrize(
    ("window", "frames"),
    [
        ((0.2, 0.5), (2, 5)),
        ((0.21, 0.49), (2, 5)),  # from the last before to the first after
        ((0.2, 0.5 + 1e-7), (2, 6)),
        ((0.2 - 1e-7, 0.5), (1, 5)),
        ((0.2, 0.5 + 1e-10), (2, 6)),
        ((-1.0, 9.0), (0, 10)),
        ((1.0, 1.0), (10, 10)),
        ((0.3, 0.3), (3, 3)),
    ],
)
def test_frames_of_a_window(window: tuple[float, float], frames: tuple[int, int]) -> None:
    static = Markers(("a",), np.arange(11) / 10, np.zeros((11, 1, 3)))
    found = tool_frames(static, window)
    assert (found[0], found[-1]) == frames
    assert np.array_equal(found, np.arange(frames[0], frames[1] + 1))


def test_times_are_taken_with_the_digits_of_a_file() -> None:
    static = Markers(("a",), np.array([0.0, 1 / 3, 2 / 3, 1.0]), np.zeros((4, 1, 3)))
    # 0.66666667 in the file is after 2/3, so the first frame not before 2/3 is that one
    assert tool_frames(static, (1 / 3, 2 / 3)).tolist() == [1, 2]
    # 0.33333333 is before 1/3; the first not before 0.3333333333 is the next one
    assert tool_frames(static, (0.0, 1 / 3)).tolist() == [0, 1, 2]
    # eight digits are kept, the ninth is not
    for end, last in ((0.12345678, 1), (0.123456784, 2)):
        static = Markers(("a",), np.array([0.0, end, 0.5]), np.zeros((3, 1, 3)))
        assert tool_frames(static, (0.0, end))[-1] == last


def test_average_skips_what_is_missing() -> None:
    positions = np.arange(12.0).reshape(4, 1, 3)
    positions[1] = np.nan
    static = Markers(("a",), np.arange(4.0), positions)
    assert averaged_markers(static, (0.0, 2.0)).tolist() == [[3.0, 4.0, 5.0]]
    assert np.isnan(averaged_markers(static, (1.0, 1.0))).all()


def test_factor_is_the_mean_ratio_of_pairs(
    make_setup: Callable[..., Document], standing: Markers, places: dict[str, np.ndarray]
) -> None:
    factors = body_factors(read_recipe(make_setup()), BODIES, places, standing, (0.1, 0.3))
    frames = slice(6, 19)
    ratios = []
    for pair in (("hip", "knee"), ("hip", "mknee")):
        one, other = (standing.position(name)[frames] for name in pair)
        apart = np.linalg.norm(places[pair[0]] - places[pair[1]])
        ratios.append(np.mean(np.linalg.norm(one - other, axis=1)) / apart)
    assert factors["thigh"] == pytest.approx((np.mean(ratios),) * 3, rel=1e-14)
    assert factors["cap"] == factors["thigh"]
    assert factors["pelvis"][0] == factors["pelvis"][1] != factors["pelvis"][2]
    assert factors["shank"][0] == factors["shank"][2] != factors["shank"][1]


def test_manual_factors_win_when_they_come_last(
    make_setup: Callable[..., Document], standing: Markers, places: dict[str, np.ndarray]
) -> None:
    manual = (("foot", "1.2 1.1 0.9"), ("nothing", "2 2 2"))
    for order, given in (("measurements manualScale", True), ("manualScale measurements", False)):
        recipe = read_recipe(make_setup(order=order, manual=manual))
        factors = body_factors(recipe, BODIES, places, standing, (0.1, 0.3))
        assert (factors["foot"] == (1.2, 1.1, 0.9)) is given
        assert set(factors) == set(BODIES)


def test_pairs_that_are_not_there_are_left_out(
    make_setup: Callable[..., Document], standing: Markers, places: dict[str, np.ndarray]
) -> None:
    recipe = read_recipe(make_setup())
    fewer = standing.select([name for name in standing.names if name not in ("mknee", "toe")])
    factors = body_factors(recipe, BODIES, places, fewer, (0.1, 0.3))
    assert factors == body_factors(
        replace(
            recipe,
            measurements=tuple(
                replace(
                    one,
                    pairs=tuple(pair for pair in one.pairs if not {"mknee", "toe"} & set(pair)),
                )
                for one in recipe.measurements
            ),
        ),
        BODIES,
        places,
        standing,
        (0.1, 0.3),
    )
    with pytest.raises(ScalingError, match="no marker pair that leg_setup measures"):
        body_factors(recipe, BODIES, places, standing.select(["toe"]), (0.1, 0.3))


def test_a_measurement_with_a_gap_is_not_used(
    make_setup: Callable[..., Document], standing: Markers, places: dict[str, np.ndarray]
) -> None:
    positions = np.array(standing.positions)
    positions[10, standing.names.index("hip")] = np.nan
    recipe = read_recipe(make_setup())
    with pytest.warns(KinebenchWarning, match="measurement thigh is not used"):
        factors = body_factors(
            recipe, BODIES, places, standing.with_positions(positions), (0.1, 0.3)
        )
    assert factors["thigh"] == (1.0, 1.0, 1.0)
    assert factors["foot"] != (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ("1 x 1", "needs three factors, found '1 x 1'"),
        ("1 1", "manual scale of foot needs three factors, found 2"),
        ("1 nan 1", "must be above 0 and finite, found 1 nan 1"),
        ("1 0 1", "must be above 0 and finite"),
        ("1 -1 1", "must be above 0 and finite"),
        ("1 inf 1", "must be above 0 and finite"),
    ],
)
def test_manual_factors_are_sensible(
    make_setup: Callable[..., Document], factors: str, message: str
) -> None:
    with pytest.raises(ScalingError, match=message):
        read_recipe(make_setup(manual=(("foot", factors),)))


def test_a_weight_that_is_no_number_is_named(make_setup: Callable[..., Document]) -> None:
    text = re.sub(r"<weight>[^<]*</weight>", "<weight>null</weight>", make_setup().xml.decode())
    with pytest.raises(ScalingError, match=r"leg_setup, task .*: weight 'null' is not a number"):
        placing_markers(Document("leg_setup", text.encode()))


def test_parts_that_do_not_say_so_are_switched_on(make_setup: Callable[..., Document]) -> None:
    """As OpenSim has it: `apply` is true where it is absent."""
    known = read_recipe(make_setup())
    for part in ("<ModelScaler>", "<MarkerPlacer>", '<Measurement name="thigh">'):
        silent = edited(make_setup(), f"{part}<apply>true</apply>", part)
        assert read_recipe(silent) == known
    twice = edited(make_setup(), 'name="foot"', 'name="thigh"')
    twice = edited(
        twice, '<Measurement name="thigh"><apply>true</apply>', '<Measurement name="thigh">'
    )
    with pytest.raises(ScalingError, match="two measurements called thigh"):
        read_recipe(twice)


def test_two_measurements_of_one_name_of_which_one_is_off(
    make_setup: Callable[..., Document],
) -> None:
    setup = edited(
        make_setup(),
        '<Measurement name="foot"><apply>true',
        '<Measurement name="thigh"><apply>false',
    )
    assert [one.name for one in read_recipe(setup).measurements].count("thigh") == 1
