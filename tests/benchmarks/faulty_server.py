"""The loopback server with 30 % faults of every kind, as a process of its own: prints its address."""

import asyncio

from support.faulty_endpoint import Faulty
from support.model_server import loopback


async def main() -> None:
    """Serve until the process is ended."""
    async with loopback(Faulty()) as server:
        print(server.url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
