"""Reading and writing an uphold database, one SQLite file. All SQL is in this package."""
