"""Steps from one schema of the database to the next; alembic runs those that are missing at every start."""
