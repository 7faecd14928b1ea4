"""Imports: what a file wants of the registry, what would change, and the one transaction that does it."""
