"""The report of a study."""

from kinebench.reports.study.document import study_document
from kinebench.reports.study.parts import StudyPart, parts_of

__all__ = ["StudyPart", "parts_of", "study_document"]
