"""Files to values and back: the only place with millimetres, degrees and foreign axes."""
