"""Filters, gaps and lags of arrays: time is axis 0, NaN means missing.

Modules are imported by name (``from kinebench.signals import gaps``), so that nothing heavy loads
before it is needed.
"""
