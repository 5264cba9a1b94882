"""Stages that predict anatomical markers from keypoints."""
