"""Static windows, and stages that scale a generic model."""
