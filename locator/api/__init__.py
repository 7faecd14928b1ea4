"""The open API under ``/api/v1`` and the open data as whole files: only what the public may see."""

from locator.api.serving import make

__all__ = ["make"]
