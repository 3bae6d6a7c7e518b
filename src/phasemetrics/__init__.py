"""Fills a project's phase documents with measured numbers, and says which of them are no longer true."""

__version__ = "0.1.0"
