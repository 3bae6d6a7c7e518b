"""Reads rain gauge logs and prints monthly totals."""
