"""Places outside of the repository where a team keeps what was recorded: a bucket, a database."""
