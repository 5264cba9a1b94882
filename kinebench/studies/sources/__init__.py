"""Where trials come from: virtual subjects, optical motions, public data sets, one's own files."""
