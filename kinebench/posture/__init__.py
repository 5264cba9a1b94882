"""Posture from keypoints: who stands, how still and how straight, which foot rests, on what floor.

The limits of standing and of rest are given here, once; stages, checks and evidence take them from
here. All functions work on recordings that are not scaled to a model yet.
"""
