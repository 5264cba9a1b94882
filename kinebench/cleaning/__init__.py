"""Stages that repair, smooth, resample and level keypoints."""

from kinebench.cleaning.catalogue import CLEANERS, cleaners_text, parse_cleaners
from kinebench.cleaning.levelling import Level
from kinebench.cleaning.lowpass import Butterworth, Challis, ResidualAnalysis
from kinebench.cleaning.repair import FillGaps, RemoveOutliers
from kinebench.cleaning.resampling import Resample
from kinebench.cleaning.rotation import Rotate, Tilt
from kinebench.cleaning.smoothers import KalmanSmoother, Median, SavitzkyGolay, SmoothingSpline

__all__ = [
    "CLEANERS",
    "Butterworth",
    "Challis",
    "FillGaps",
    "KalmanSmoother",
    "Level",
    "Median",
    "RemoveOutliers",
    "Resample",
    "ResidualAnalysis",
    "Rotate",
    "SavitzkyGolay",
    "SmoothingSpline",
    "Tilt",
    "cleaners_text",
    "parse_cleaners",
]
