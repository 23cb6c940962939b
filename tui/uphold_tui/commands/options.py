"""Options, arguments and exit codes that several commands share."""

from typing import Annotated

import typer

WORK_LEFT = 4
"""Exit code of a command that could not do all of its work."""

Concurrency = Annotated[int, typer.Option("--concurrency", metavar="N", help="Number of requests at a time.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Base URL of the server.")]
ApiKeyEnv = Annotated[
    str | None, typer.Option("--api-key-env", metavar="NAME", help="Environment variable that holds the API key.")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", metavar="S", help="Timeout of a request in seconds; 300 by default.")
]
MaxCost = Annotated[float | None, typer.Option("--max-cost", metavar="USD", help="Stop before this cost is passed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunName = Annotated[str | None, typer.Argument(metavar="[RUN]", help="Name or number of the run.")]
