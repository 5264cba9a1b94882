"""Keypoints in, motion out."""
