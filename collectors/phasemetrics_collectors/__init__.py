"""One module per report format: read a file, yield facts."""
