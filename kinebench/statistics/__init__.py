"""From trials to subjects to a claim."""
