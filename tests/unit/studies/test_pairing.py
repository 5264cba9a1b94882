from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinebench.studies.analysis.pairing import complete_rows, key_of, subject_means


def test_a_key_tells_everything_but_what_is_varied() -> None:
    labels = {"trial": "1", "subject": "a", "filter": "none", "pose": "bent"}
    assert key_of(labels, "filter", "pose") == ("a", "1", "a")
    assert key_of(labels, "filter") == ("a", "1", "a", "bent")


def test_rows_keep_the_order_of_the_columns() -> None:
    cells = [(("a",), "x", 1.0), (("a",), "y", 2.0)]
    assert complete_rows(cells, ("y", "x")) == {("a",): (2.0, 1.0)}


def test_rows_that_lack_a_finite_value_are_left_out_and_other_columns_do_not_matter() -> None:
    cells = [
        (("a",), "x", 1.0),
        (("a",), "y", math.nan),
        (("b",), "x", 3.0),
        (("b",), "y", 4.0),
        (("b",), "z", 5.0),
        (("c",), "y", 6.0),
    ]
    assert complete_rows(cells, ("x", "y")) == {("b",): (3.0, 4.0)}
    assert complete_rows([], ("x",)) == {}


def test_subjects_count_alike_and_stand_in_the_order_of_their_names() -> None:
    rows = {("b", "1"): (10.0, 20.0), ("a", "1"): (1.0, 2.0), ("a", "2"): (3.0, 6.0)}
    np.testing.assert_array_equal(subject_means(rows), [[2.0, 4.0], [10.0, 20.0]])


@given(st.permutations([(s, t) for s in "abc" for t in "12"]))
def test_the_order_of_subjects_does_not_matter(order: list[tuple[str, str]]) -> None:
    rows = {key: (float(ord(key[0])), float(key[1])) for key in order}
    np.testing.assert_array_equal(subject_means(rows), [[97.0, 1.5], [98.0, 1.5], [99.0, 1.5]])
