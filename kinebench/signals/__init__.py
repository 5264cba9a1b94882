"""Filters, gaps and spectra of arrays."""
