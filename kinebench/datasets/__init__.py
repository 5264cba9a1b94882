"""Catalogue of public data: cards, verified downloads, loaders."""
