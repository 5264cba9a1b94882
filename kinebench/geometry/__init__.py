"""Rotations and rigid registration of arrays."""
