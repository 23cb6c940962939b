"""Options that several commands take, each in the same words."""

from typing import Annotated

import typer

Concurrency = Annotated[int, typer.Option("--concurrency", metavar="N", help="Requests at a time.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Another server's address.")]
ApiKeyEnv = Annotated[
    str | None, typer.Option("--api-key-env", metavar="NAME", help="The variable that holds the key.")
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="S", help="Seconds that one answer may take; 300 when left out."),
]
MaxCost = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", help="Stop before spending more than this.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunName = Annotated[str | None, typer.Argument(metavar="[RUN]", help="A run's name or number.")]
