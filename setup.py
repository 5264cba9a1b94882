"""Adds the cards of datasets/ to the package, which pyproject.toml alone cannot say."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["kinebench*"]), "kinebench.datasets.cards"],
    package_dir={"kinebench.datasets.cards": "datasets"},
    package_data={
        "kinebench": [
            "py.typed",
            "augmentation/lab_*/*",
            "baselines/quick.toml",
            "diagnosis/*.json",
            "literature/published.toml",
            "reports/player/player.*",
            "uncertainty/learnt/*.npz",
            "validation/maps/*.toml",
        ],
        "kinebench.datasets.cards": ["*/card.toml"],
    },
)
