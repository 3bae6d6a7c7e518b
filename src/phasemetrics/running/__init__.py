"""Measures by running what the project configures: here, and in checkouts of old commits."""
