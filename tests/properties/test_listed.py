"""What messages list: nothing is lost without being counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kinebench.errors import listed

WORDS = st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), max_size=12)


def test_known_answers() -> None:
    assert listed([], 3) == ""
    assert listed(["a", "b"], 3) == "a, b"
    assert listed(["a", "b", "c"], 3) == "a, b, c"
    assert listed(["a", "b", "c", "d"], 3) == "a, b, c and 1 more"
    assert listed("abcde", 2, "more gaps", "; ") == "a; b and 3 more gaps"
    assert listed(range(3), 5) == "0, 1, 2"


@given(WORDS, st.integers(1, 12))
def test_every_item_is_shown_or_counted(words: list[str], most: int) -> None:
    shown, _, rest = listed(words, most).partition(" and ")
    n_shown = len(shown.split(", ")) if shown else 0
    n_rest = int(rest.split()[0]) if rest else 0
    assert n_shown == min(len(words), most)
    assert n_shown + n_rest == len(words)
