"""How the tables of a store in PostgreSQL came to be, one revision at a time; alembic runs them."""
