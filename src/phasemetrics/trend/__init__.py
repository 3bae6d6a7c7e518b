"""How metrics went, over phases and over repositories."""
