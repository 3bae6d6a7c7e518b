"""Fuzzing: one target for each reader of what a stranger may have written, and one for what fills documents."""
