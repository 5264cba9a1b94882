"""Results as tables, figures and documents: where radians become degrees and metres millimetres."""
