"""Writes documents and their records as one: all of it, or none, whatever happens in between."""
