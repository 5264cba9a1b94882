"""Kinebench's own pipeline under test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kinebench.core.motion import Motion
from kinebench.core.provenance import digest
from kinebench.core.trial import Trial
from kinebench.errors import KinebenchError, UnderTestError
from kinebench.pipeline.pipeline import Pipeline
from kinebench.pipeline.spec import PipelineSpec
from kinebench.remarks import unheard


@dataclass(frozen=True)
class BuiltPipeline:
    """A pipeline that is built already, such as a level of a study."""

    pipeline: Pipeline

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"pipeline digest": digest(self.pipeline)}

    @property
    def sources(self) -> tuple[Path, ...]:
        """None: the digest says it all."""
        return ()

    def __call__(self, trial: Trial) -> Motion:
        """The motion; what is doubtful about laboratory trials is known."""
        with unheard():
            try:
                return self.pipeline(trial).motion
            except KinebenchError as error:
                raise UnderTestError(str(error)) from error


@dataclass(frozen=True)
class OwnPipeline:
    """The pipeline of a description."""

    spec: PipelineSpec

    @cached_property
    def _built(self) -> BuiltPipeline:
        return BuiltPipeline(self.spec.build())

    @property
    def parameters(self) -> Mapping[str, str]:
        settings = {key: json.dumps(value) for key, value in self.spec.to_table().items()}
        return {
            **settings,
            "pipeline digest": self.spec.digest,
            "model digest": digest(self._built.pipeline.generic),
        }

    @property
    def sources(self) -> tuple[Path, ...]:
        """None: the digests say it all."""
        return ()

    def __call__(self, trial: Trial) -> Motion:
        return self._built(trial)
