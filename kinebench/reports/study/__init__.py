"""The report of a study."""

from kinebench.reports.study.document import study_document
from kinebench.reports.study.parts import StudyPart

__all__ = ["StudyPart", "study_document"]
