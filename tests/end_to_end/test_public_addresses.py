"""The public addresses of the cards still give the bytes that the cards state.

Run by ``pytest -m network``: without a network nothing is learnt of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kinebench.datasets.card import Card
from kinebench.datasets.catalogue import shipped_cards
from kinebench.datasets.fetching import fetch_file
from kinebench.datasets.places import Places

FETCHED = {name: card for name, card in shipped_cards().items() if not card.manual}


def smallest_of_each_source(card: Card) -> list[str]:
    files = [source.files for source in card.sources if source.address is not None and source.files]
    return [min(these, key=lambda file: file.size_bytes).path for these in files]


def test_there_is_something_to_ask_for() -> None:
    assert sum(len(smallest_of_each_source(card)) for card in FETCHED.values()) >= len(FETCHED) - 1


@pytest.mark.network
@pytest.mark.parametrize("name", sorted(FETCHED))
def test_an_address_gives_the_stated_bytes(name: str, tmp_path: Path) -> None:
    places = Places(cache=tmp_path / "cache", cards=tmp_path / "cards")
    for path in smallest_of_each_source(FETCHED[name]):
        assert fetch_file(name, path, places, accept_licence=True).is_file()
