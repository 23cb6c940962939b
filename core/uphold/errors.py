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
    """A model endpoint gave no answer; `status` is that of its HTTP response, where there was one."""

    exit_code = 4

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Refused(EndpointError):
    """The endpoint said no; trying again will not help."""


class Unavailable(EndpointError):
    """The endpoint could not be reached, was busy, or sent something that is no model answer.

    `wait`: the seconds after which it wants to be asked again, where it said so. `for_all`: not this request but the
    server is the trouble (too many requests, nobody there), so that everybody had better wait.
    """

    def __init__(
        self, message: str, *, status: int | None = None, wait: float | None = None, for_all: bool = False
    ) -> None:
        super().__init__(message, status=status)
        self.wait = wait
        self.for_all = for_all
