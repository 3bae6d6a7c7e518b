"""Where it belongs: documents, templates, and who owns what stands in them."""
