"""Validation and benchmarking of markerless-motion pipelines of the OpenCap kind."""

__version__ = "0.2.0"
