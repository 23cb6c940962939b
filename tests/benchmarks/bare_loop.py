"""The measure for judging: the same requests through the same SDK, as many at once, their answers written to a file.

`bare_loop.py REQUESTS.jsonl URL CONCURRENCY OUT`
"""

import asyncio
import json
import sys
from pathlib import Path

from anthropic import AsyncAnthropic


async def main(requests: str, url: str, concurrency: int, out: Path) -> None:
    """Ask for every line of the requests."""
    waiting = [json.loads(line) for line in requests.splitlines()]
    client = AsyncAnthropic(api_key="key", base_url=url, max_retries=0, timeout=300)
    with out.open("w", encoding="utf-8") as file:

        async def work() -> None:
            while waiting:
                answer = await client.messages.create(**waiting.pop())
                file.write(json.dumps(answer.content[0].text) + "\n")  # type: ignore[union-attr]

        await asyncio.gather(*(work() for _ in range(concurrency)))
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
