"""What a document says of the phase in words of its own: statements, found wherever they stand."""
