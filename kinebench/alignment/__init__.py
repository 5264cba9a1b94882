"""One clock and one frame for two recordings."""
