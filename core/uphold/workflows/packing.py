"""Packs a run into a file of its own for another reviewer."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from uphold.errors import BadUsage
from uphold.records.enums import QueueKind
from uphold.records.packs import MOST_PARTS, WHOLE, Pack, Share
from uphold.records.runs import Run
from uphold.store import packs, reviews
from uphold.store.database import Store, now
from uphold.store.packing import PackContents, Tell, fill_pack
from uphold.workflows.database_files import naming_target, new_database_file
from uphold.workflows.queue_drawing import open_queue

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class PackRequest:
    """Where to write a pack, and what of a run it holds; `reviewer` is the name to review under there.

    A `blind` pack has neither judges' verdicts nor other people's decisions. With `force` an existing file is replaced.
    """

    path: Path
    blind: bool = False
    reviewer: str | None = None
    share: Share = WHOLE
    force: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that was written, with `pairs` of the `of` current, unbroken pairs of its run."""

    path: Path
    run: Run
    pack: Pack
    pairs: int
    of: int


def parse_share(share: str | None, overlap: int | None) -> Share:
    """Return the share that `--share K/N` and `--overlap` ask for; raises BadUsage for anything else."""
    if share is None:
        if overlap is not None:
            raise BadUsage(
                "--overlap is how many pairs every part of a run has; say which part with --share, such as 1/3"
            )
        return WHOLE
    found = re.fullmatch(r"\s*([0-9]{1,3})\s*/\s*([0-9]{1,3})\s*", share)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts <= MOST_PARTS:
        raise BadUsage(
            f"--share {share}: the first of three parts is 1/3, the others are 2/3 and 3/3; a run has at most {MOST_PARTS}"
        )
    return Share(part, parts, overlap or 0)


def pack_run(store: Store, run: Run, request: PackRequest, tell: Tell | None = None) -> Packed:
    """Write a pack of a run, which is a database that `--db` opens, and record what was packed for whom.

    Parts are drawn: they take turns along the run's random order, so that each is a random sample of the run, and so is what
    is read of it in order. `tell` is told how many steps of how many are done. Raises BadUsage for a name or a path that
    cannot be, BadFile where the file cannot be written.
    """
    name = request.reviewer
    if name is not None and not (name.strip() and len(name) <= _LONGEST_NAME):
        raise BadUsage(f"--for wants a name of at most {_LONGEST_NAME} characters")
    with new_database_file(request.path, store.path, force=request.force) as part:
        _, items = open_queue(store, run, QueueKind.RANDOM, None)
        broken = reviews.broken_pairs(store, run.id)
        items = [item for item in items if item.pair_id not in broken]
        chosen = request.share.chosen([item.position for item in items])
        pairs = [item.pair_id for item, is_chosen in zip(items, chosen, strict=True) if is_chosen]
        if not pairs:
            raise BadUsage(f"{run.name} has {len(items)} pairs, and none is in this share; name fewer parts")
        mode = "blind" if request.blind else "open"
        pack = Pack(secrets.token_hex(16), run.id, mode, name, request.share, now())
        with store.snapshot(), naming_target(request.path):
            fill_pack(store, part, PackContents(run, pairs, pack), tell)
        with store.writing() as conn:
            packs.add_pack(conn, pack, pairs=pairs)
    return Packed(request.path, run, pack, len(pairs), len(items))
