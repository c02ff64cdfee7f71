"""The one error of a database that cannot be used."""


class DatabaseError(Exception):
    """The database cannot be used; the message is one sentence without any credential."""
