"""Errors that a person can act on: every message says what, where and what to do."""


class UpholdError(Exception):
    """Base of every error that a person can act on.

    * UpholdError
      x BadFile         a file, line or field could not be read
      x BadDatabase     the path is not a database that this version can serve
      x BadUsage        what was asked for does not exist or does not fit
      x EndpointError
        - Refused       the endpoint said no; trying again will not help
        - Unavailable   the endpoint could not be reached, was busy, or sent no model answer
    """

    exit_code = 2


class BadFile(UpholdError):
    """A file, line or field could not be read."""


class BadDatabase(UpholdError):
    """The path is not a database that this version of uphold can serve."""


class BadUsage(UpholdError):
    """What was asked for does not exist, or does not fit what there is."""


class EndpointError(UpholdError):
    """A model endpoint gave no answer."""

    exit_code = 4


class Refused(EndpointError):
    """The endpoint said no; trying again will not help."""


class Unavailable(EndpointError):
    """The endpoint could not be reached, was busy, or sent something that is no model answer."""
