"""Stages that repair, smooth, resample and level keypoints."""
