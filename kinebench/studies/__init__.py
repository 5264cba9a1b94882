"""Factorial studies: design, plan, store, execution, results."""
