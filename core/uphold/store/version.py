"""What the header of an uphold database says: read at every opening, so that the migrations need not be."""

APPLICATION_ID = 0x75_70_68_64
"""`uphd` in the file's header: this is an uphold database."""

SCHEMA = 5
"""The newest schema this version knows, kept in the header's user_version."""
