"""The virtual laboratory: bodies, subjects, motions and cameras whose truth is known."""
