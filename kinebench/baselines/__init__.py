"""Regression gates: what a pipeline gave, what it is expected to give, and what has moved."""
