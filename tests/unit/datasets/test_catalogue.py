"""The catalogue joins shipped cards and the user's own."""

from __future__ import annotations

import pytest

from kinebench.datasets import Card, cards, find_card
from kinebench.datasets.card import card_toml
from kinebench.datasets.catalogue import shipped_cards
from kinebench.errors import DatasetError, KinebenchWarning


def _put(card: Card, places) -> None:
    path = places.cards / card.name / "card.toml"
    path.parent.mkdir(parents=True)
    path.write_text(card_toml(card))


def test_own_cards_follow_the_shipped_ones(served, places):
    assert list(cards(places)) == [*shipped_cards(), "walks"]


def test_own_card_cannot_hide_a_shipped_download(places):
    _put(Card("opencap-core", "T", "D", "MIT", "C", steps=("Go.",)), places)
    assert cards(places)["opencap-core"] == shipped_cards()["opencap-core"]


def test_a_card_that_changes_is_read_again(served, places):
    path = places.cards / "walks" / "card.toml"
    path.write_text(path.read_text().replace('"Walks"', '"Runs"'))
    assert find_card("walks", places).title == "Runs"


def test_a_broken_own_card_names_its_file(places):
    (places.cards / "mine").mkdir(parents=True)
    (places.cards / "mine" / "card.toml").write_text("titel = 'x'")
    with pytest.warns(KinebenchWarning, match=r"left out, .*mine/card\.toml: a card has no field"):
        known = cards(places)
    assert "mine" not in known
    assert "opencap-core" in known
    with (
        pytest.warns(KinebenchWarning, match="left out"),
        pytest.raises(DatasetError, match=r"mine/card\.toml: a card has no field 'titel'"),
    ):
        find_card("mine", places)
