"""The documents, one template each."""
