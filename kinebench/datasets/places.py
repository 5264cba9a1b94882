"""The folders of the catalogue: cards, cache, mirror."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Where datasets are kept.

    Parameters
    ----------
    cache : Path
        Downloaded files: ``cache/DATASET/PATH``.
    cards : Path
        Cards of the user's own datasets: ``cards/NAME/card.toml``.
    mirror : Path, optional
        Files by public address, used in place: ``mirror/HOST/PATH-OF-THE-ADDRESS``.
    """

    cache: Path
    cards: Path
    mirror: Path | None = None

    @classmethod
    def from_environment(cls) -> Places:
        """`KINEBENCH_CACHE`, `KINEBENCH_CARDS` and `KINEBENCH_MIRROR`, or their defaults.

        The cache is the user's cache folder of the operating system, the cards lie in ``cards``
        beside the cached datasets, and there is no mirror.
        """
        named = os.environ.get("KINEBENCH_CACHE")
        cache = Path(named).expanduser() if named else _default_cache()
        cards = os.environ.get("KINEBENCH_CARDS")
        mirror = os.environ.get("KINEBENCH_MIRROR")
        return cls(
            cache=(cache / "datasets").absolute(),
            cards=(Path(cards).expanduser() if cards else cache / "cards").absolute(),
            mirror=Path(mirror).expanduser().absolute() if mirror else None,
        )


def shipped_cards_folder() -> Path:
    """Folder of the cards that come with kinebench.

    ``datasets/`` of the repository is installed as ``kinebench/datasets/cards``; a checkout, or an
    editable installation of one, reads the folder itself.
    """
    here = Path(__file__).resolve()
    installed = here.parent / "cards"
    return installed if installed.is_dir() else here.parents[2] / "datasets"


def _default_cache() -> Path:
    import pooch

    return Path(pooch.os_cache("kinebench"))
