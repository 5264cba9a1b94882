"""Stages that repair, smooth, resample and level keypoints."""

from kinebench.cleaning.catalogue import CLEANERS, parse_cleaner
from kinebench.cleaning.chain import Chain
from kinebench.cleaning.levelling import Level
from kinebench.cleaning.lowpass import Butterworth, Challis, NoFilter, ResidualAnalysis
from kinebench.cleaning.repair import FillGaps, RemoveOutliers
from kinebench.cleaning.resampling import Resample
from kinebench.cleaning.rotation import Rotate, Tilt
from kinebench.cleaning.smoothers import KalmanSmoother, Median, SavitzkyGolay, SmoothingSpline

__all__ = [
    "CLEANERS",
    "Butterworth",
    "Chain",
    "Challis",
    "FillGaps",
    "KalmanSmoother",
    "Level",
    "Median",
    "NoFilter",
    "RemoveOutliers",
    "Resample",
    "ResidualAnalysis",
    "Rotate",
    "SavitzkyGolay",
    "SmoothingSpline",
    "Tilt",
    "parse_cleaner",
]
