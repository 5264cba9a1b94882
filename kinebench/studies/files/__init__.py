"""Study files: TOML in, plans and studies out."""
