"""The loopback model server as a process of its own: prints its address, answers every request after the same time."""

import asyncio
import sys

from support.model_server import Asked, Reply, loopback, verdict

_REPLY = verdict("A")


async def main(seconds: float) -> None:
    """Serve until the process is ended."""

    async def answer(_: Asked) -> Reply:
        if seconds:
            await asyncio.sleep(seconds)
        return _REPLY

    async with loopback(answer) as server:
        print(server.url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
