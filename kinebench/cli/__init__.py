"""The kinebench command."""
