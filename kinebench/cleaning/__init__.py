"""Stages that repair, smooth, resample and level keypoints."""

from kinebench.cleaning.catalogue import CLEANERS, cleaners_text, parse_cleaners
from kinebench.cleaning.lengths import BoneLengths
from kinebench.cleaning.levelling import Level
from kinebench.cleaning.lowpass import Butterworth, Challis, ResidualAnalysis
from kinebench.cleaning.repair import FillGaps, RemoveOutliers
from kinebench.cleaning.resampling import Resample
from kinebench.cleaning.rescaling import Rescale, Scale
from kinebench.cleaning.rotation import Rotate, Tilt
from kinebench.cleaning.sides import Burst, ExchangeSides, SwapSides
from kinebench.cleaning.smoothers import KalmanSmoother, Median, SavitzkyGolay, SmoothingSpline

__all__ = [
    "CLEANERS",
    "BoneLengths",
    "Burst",
    "Butterworth",
    "Challis",
    "ExchangeSides",
    "FillGaps",
    "KalmanSmoother",
    "Level",
    "Median",
    "RemoveOutliers",
    "Resample",
    "Rescale",
    "ResidualAnalysis",
    "Rotate",
    "SavitzkyGolay",
    "Scale",
    "SmoothingSpline",
    "SwapSides",
    "Tilt",
    "cleaners_text",
    "parse_cleaners",
]
