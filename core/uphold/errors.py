"""Exceptions whose messages are shown to the user: each says what is wrong, where, and what to do about it."""


class UpholdError(Exception):
    """Base class of the errors that the command line prints as a message; `exit_code` is the process's.

    * UpholdError
      x BadFile         a file, line or field cannot be read
      x BadDatabase     the database is missing, damaged or not one of this version
        - DatabaseBusy  another program is writing to it
        - DatabaseLost  the file of an open database was deleted, replaced, truncated or damaged
      x BadUsage        a name does not exist, or options do not fit
      x NotEnoughRead   people have not decided enough pairs for what was asked
      x EndpointError
        - Refused       the endpoint rejected the request; a retry will not help
        - Unavailable   the endpoint was unreachable or busy, or its reply held no answer; a retry may help
        - OddReply      the reply is nothing that a model server sends; it is not asked for again in this run
    """

    exit_code = 2


class BadFile(UpholdError):
    """A file, line or field cannot be read."""


class BadDatabase(UpholdError):
    """The database is missing, damaged, or not one that this version of uphold can open."""


class DatabaseBusy(BadDatabase):
    """Another program holds the write lock of the database; what was to be written can be tried again."""


class DatabaseLost(BadDatabase):
    """The file of an open database was deleted, moved, replaced, truncated or damaged: nothing more is kept in it.

    `readable`: the open connection still holds the whole content, which can be copied to another file. `committed`: the
    transaction at hand was committed, into a file that can no longer be found or trusted.
    """

    def __init__(self, message: str, *, readable: bool, committed: bool = False) -> None:
        super().__init__(message)
        self.readable = readable
        self.committed = committed


class BadUsage(UpholdError):
    """Something that was named does not exist, or options do not fit together."""


class NotEnoughRead(UpholdError):
    """People have not decided enough pairs for what was asked; the message says which, and the command that reads them."""

    exit_code = 3


class EndpointError(UpholdError):
    """A model endpoint gave no answer; `status` is the HTTP status of its response, None without one."""

    exit_code = 4

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Refused(EndpointError):
    """The endpoint rejected the request; a retry will not help.

    `explanation` is the server's own text. `one_request`: the texts of this request are at fault (too long, against the
    provider's policy), so that other requests may be answered.
    """

    def __init__(
        self, message: str, *, status: int | None = None, explanation: str | None = None, one_request: bool = False
    ) -> None:
        super().__init__(message, status=status)
        self.explanation = message if explanation is None else explanation
        self.one_request = one_request


class OddReply(EndpointError):
    """The reply is nothing that a model server sends, such as one of many megabytes; it is not worth another try."""


class Unavailable(EndpointError):
    """The endpoint could not be reached, was busy, or sent a reply without an answer; a retry may help.

    `wait` is the delay in seconds that it asked for (Retry-After), None if it asked for none. `for_all`: the trouble is
    the server's and not this request's (rate limit, connection refused), so all requests to it should wait.
    """

    def __init__(
        self, message: str, *, status: int | None = None, wait: float | None = None, for_all: bool = False
    ) -> None:
        super().__init__(message, status=status)
        self.wait = wait
        self.for_all = for_all
