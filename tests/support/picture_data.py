"""Databases for pictures and snapshots of the app: the packaged sample sets, read in part, and rows written here."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from support.imports import give_guidelines
from uphold.records.enums import Choice, Preference
from uphold.records.reviews import OnScreen, PairView
from uphold.records.runs import Run
from uphold.records.set_history import VersionReason
from uphold.records.sets import ExampleEdit, NewExample, SettingKind
from uphold.records.texts import ExampleText
from uphold.store.database import Store, open_store
from uphold.store.outcomes import rebuild
from uphold.store.runs import all_runs
from uphold.store.set_versions import name_version
from uphold.workflows.curating import SetEditor, list_examples
from uphold.workflows.demo import find_sample
from uphold.workflows.importing import ImportRequest, import_files
from uphold.workflows.proposals import ProposeRequest, propose, want
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession
from uphold.workflows.set_versions import cut_version

AT = "2026-03-03T21:14:00Z"

_DATED = ("events", "runs", "judgments", "responses", "sets", "imports", "sessions", "plans")

_DATA = Path(__file__).parents[3] / "shared" / "data"

Make = Callable[[Path], None]


def bring(store: Store, folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Import rows of the `pairs` format into a set."""
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    for _ in import_files(store, ImportRequest([file], format="pairs", set=name)):
        pass


def settle(store: Store) -> None:
    """Give every set a seed of its own that is always the same, and everything the same date."""
    with store.writing() as conn:
        conn.execute("UPDATE sets SET seed = 'seed of ' || name")
        for table in _DATED:
            conn.execute(f"UPDATE {table} SET created_at = ?", (AT,))


def _seen(pair: PairView) -> OnScreen:
    judge = pair.judge
    return OnScreen(
        side_a=pair.side_a,
        names_shown=False,
        width=120,
        height=36,
        judge_id=judge.judge_id if judge else None,
        verdict=judge.verdict if judge else None,
    )


def read_some(session: ReviewSession, count: int, seconds: float = 38.0) -> None:
    """Decide on so many pairs: uphold most, overturn every fifth, call some a tie or both bad."""
    for number in range(count):
        pair = session.current
        assert pair is not None
        verdict = pair.judge.verdict.preference if pair.judge is not None else None
        choice = Choice((verdict or Preference.CANDIDATE).value)
        if number % 5 == 4:
            choice = Choice.BASELINE if choice is Choice.CANDIDATE else Choice.CANDIDATE
        elif number % 9 == 7:
            choice = Choice.BOTH_BAD
        session.decide(choice, _seen(pair), seconds)


def _read_by(store: Store, run: Run, reviewer: str, count: int) -> None:
    read_some(open_review(store, run, reviewer=reviewer), count)


def sample(name: str) -> list[dict[str, Any]]:
    """The rows of a packaged sample set."""
    return [json.loads(line) for line in find_sample(name).read_text(encoding="utf-8").splitlines() if line.strip()]


def desk(path: Path) -> None:
    """The sample set of the demo, in which nobody but robin has read."""
    with open_store(path, create=True) as store:
        bring(store, path.parent, "support-desk", sample("support-desk"))
        settle(store)


def read_desk(path: Path) -> None:
    """The same, in which mira has read 24 pairs and robin some."""
    desk(path)
    with open_store(path) as store:
        _read_by(store, all_runs(store)[0], "mira", 24)
        settle(store)


def disputed_desk(path: Path) -> None:
    """The same, in which jonas has read pairs too, and does not always agree."""
    read_desk(path)
    with open_store(path) as store:
        session = open_review(store, all_runs(store)[0], reviewer="jonas")
        for number in range(16):
            pair = session.current
            assert pair is not None
            seen = _seen(pair)
            session.comment("both keep to the policy", seen)
            session.decide(Choice.TIE if number % 3 == 0 else Choice.CANDIDATE, seen, 21.0)
        mira = open_review(store, all_runs(store)[0], reviewer="mira")
        for place in range(1, 25):
            mira.go_to(place)
            pair = mira.current
            if pair is not None and pair.state.decision is not None:
                mira.comment("shorter, and nothing is promised", _seen(pair))
        settle(store)


def curated_desk(path: Path) -> None:
    """The same, in which mira has curated the set: a draft, a retired example, two that are alike, a purpose."""
    read_desk(path)
    with open_store(path) as store:
        editor = SetEditor(store, "support-desk", "mira")
        keys = [row.key for row in list_examples(store, "support-desk")]
        editor.set_value(SettingKind.PURPOSE, "replies to customers")
        editor.make_draft([keys[3]])
        editor.retire([keys[5]], "asks for what the shop does not sell")
        editor.duplicate(keys[7], "desk-9001")
        editor.activate(["desk-9001"])
        editor.tag(keys[8:10], add=["tone"])


_LOGS = (
    (
        "A customer bought a kettle in January and it has started to leak from the base. Our site says two years of warranty;"
        " the chat told them one year for refurbished goods. Write the reply.",
        "warranty",
    ),
    (
        "A lamp from the repair shop is back and still flickers. The customer asks what happens now. Write the reply.",
        "warranty",
    ),
    ("Two accounts share one address, and the parcel went to the wrong one. Write the reply.", "account"),
    ("The customer wants the order of yesterday sent to a neighbour. Write the reply.", "delivery"),
)


def proposed_desk(path: Path) -> None:
    """The curated set, with proposals from four logs, one of them taken."""
    curated_desk(path)
    pool = path.parent / "tickets-february.jsonl"
    rows = [
        {
            "id": f"ticket-{at}",
            "prompt": asked,
            "system": "You are the shop's desk.",
            "category": tag,
            "response": "We look.",
        }
        for at, (asked, tag) in enumerate(_LOGS)
    ]
    pool.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_store(path) as store:
        want(store, "support-desk", "mira", ["warranty=12", "account=12", "billing=12", "delivery=9"])
        for _ in propose(store, "support-desk", ProposeRequest([pool], seed="s"), "mira"):
            pass


def versioned_desk(path: Path) -> None:
    """The curated set in two versions: between them one example is added, one retired, two edited."""
    curated_desk(path)
    with open_store(path) as store:
        editor = SetEditor(store, "support-desk", "mira")
        judged = cut_version(store, "support-desk", VersionReason.JUDGED, "mira")
        with store.writing():
            name_version(store, all_runs(store)[0].id, judged)
        keys = [row.key for row in list_examples(store, "support-desk")]
        first = next(row for row in list_examples(store, "support-desk") if row.key == keys[1])
        editor.edit(keys[1], ExampleEdit(turns=(first.text.turns[0].replace("the boots", "both boots"),)))
        editor.edit(keys[2], ExampleEdit(references=("Refuse kindly, offer a repair.",)))
        editor.retire([keys[10]], "a tie in all 3 runs: it asks nothing")
        editor.add(
            [
                NewExample(
                    ExampleText(("The warranty ended eleven days ago.",), None, (None,)), "desk-0191", ("warranty",)
                )
            ]
        )
        cut_version(store, "support-desk", VersionReason.EDITED, "mira")
        with store.writing() as conn:
            conn.execute("UPDATE set_versions SET created_at = ?", (AT,))


def coding(path: Path) -> None:
    """The sample set of two turns."""
    with open_store(path, create=True) as store:
        bring(store, path.parent, "coding-helper", sample("coding-helper"))
        settle(store)


_CELLS = (
    "Hi Dana,\n\nthe second charge was our mistake; it is on its way back.",
    "Dear valued customer,\n\nplease wait.",
)


def _pair(key: str, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key}
    row |= {"instruction": f"A customer was charged twice ({key}). Write the reply.", "tags": ["billing"]}
    row |= {"candidate": "lora-r16", "baseline": "base-7b", "judge": "haiku-4.5 strict-v3", "confidence": 0.8}
    row |= {"response_candidate": f"{_CELLS[0]} {key}", "response_baseline": f"{_CELLS[1]} {key}"}
    return row | {"reference": "Apologise, confirm the duplicate, refund within 5 working days."} | more


def _both(key: str, first: str | None, second: str | None, **more: Any) -> list[dict[str, Any]]:
    """A pair judged in both orders."""
    reasons = (
        "A names the amount and the five days; B asks for an order number it was given.",
        "B answers, A does not.",
    )
    made = _pair(key, order="candidate-first", verdict=first, reason=reasons[0], **more)
    other = {name: made[name] for name in ("key", "candidate", "baseline", "judge")}
    return [made, other | {"order": "baseline-first", "verdict": second, "reason": reasons[1]}]


def states(path: Path) -> None:
    """A run with a pair in each state that comes from its judge or from elsewhere; some carried over from another run."""
    told = [
        *_both("plain", "candidate", "candidate"),
        *_both("equal", "tie", "tie"),
        *_both("inconsistent", "candidate", "baseline"),
        *_both("unreadable", None, None),
        *_both("failed", "candidate", "candidate"),
        *_both("empty", "baseline", "baseline", response_candidate=""),
        *_both("flagged", "baseline", "baseline"),
        *_both("broken", "candidate", "candidate"),
        *_both("carried", "candidate", "candidate"),
    ]
    unjudged = _pair("unjudged")
    told.append({name: unjudged[name] for name in unjudged if name not in ("judge", "confidence")})
    before = _pair("carried", candidate="lora-r8", reviewer="mira", review="candidate", note="as it should be")
    with open_store(path, create=True) as store:
        earlier = {name: before[name] for name in before if name not in ("judge", "confidence")}
        bring(store, path.parent, "support-desk", [earlier])
        bring(store, path.parent, "support-desk", told)
        with store.writing() as conn:
            conn.execute(
                "UPDATE judgments SET status = 'failed', verdict = NULL, reason = NULL,"
                " problem = 'too long for the model: 210,433 of 200,000 tokens'"
                " WHERE pair_id IN (SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE e.key = 'failed')"
            )
            rebuild(conn)
            conn.execute("UPDATE runs SET name = 'earlier' WHERE id = 1")
            give_guidelines(conn, GUIDELINES)
        settle(store)


GUIDELINES = (
    "Prefer the reply that a good colleague would send.\n\n1. Facts first: amounts, dates and deadlines are those of the "
    "policy.\n2. No promise that the policy does not know.\n3. Then tone: warm, short, no excuses.\n\nA wrong number loses "
    "against a stiff but right reply. Two wrong replies are both bad."
)


def few(path: Path) -> None:
    """A run of which five pairs were read: too few for a rate."""
    desk(path)
    with open_store(path) as store:
        with store.writing() as conn:
            conn.execute("DELETE FROM events")
            rebuild(conn)
        _read_by(store, all_runs(store)[0], "mira", 5)
        settle(store)


def unjudged(path: Path) -> None:
    """A run that no judge has read, and people have."""
    kept = ("key", "instruction", "context", "tags", "response_candidate", "response_baseline", "candidate", "baseline")
    rows = [{name: row[name] for name in kept if name in row} for row in sample("support-desk")]
    whole = [row for row in rows if "response_candidate" in row]
    with open_store(path, create=True) as store:
        bring(store, path.parent, "support-desk", whole)
        settle(store)
        _read_by(store, all_runs(store)[0], "mira", 18)
        settle(store)


def empty(path: Path) -> None:
    """Nothing yet."""
    open_store(path, create=True).close()


def several(path: Path) -> None:
    """Three sets, and checkpoints of a training against the same baseline, read to different lengths."""
    rows = sample("support-desk")
    with open_store(path, create=True) as store:
        for number, name in enumerate(("lora-400", "lora-800", "lora-1.2k", "lora-1.6k")):
            bring(store, path.parent, "support-desk", (_as_by(row, name, number) for row in rows))
        bring(store, path.parent, "support-desk", rows)
        for name in ("case-summaries", "coding-helper"):
            bring(store, path.parent, name, sample(name))
        settle(store)
        for run, count in zip(all_runs(store), (30, 40, 24, 0, 18, 12, 4), strict=True):
            _read_by(store, run, "mira", count)
        settle(store)
        with store.writing() as conn:
            conn.execute("UPDATE runs SET created_at = '2026-03-0' || min(id, 9) || 'T10:00:00Z'")


def _as_by(row: Mapping[str, Any], name: str, number: int) -> dict[str, Any]:
    """A row of the sample as another checkpoint might have given it."""
    made = {key: value for key, value in row.items() if key not in ("reviewer", "review", "note")}
    if "response_candidate" in made:
        made["response_candidate"] += f"\n\n{'Best' if number % 2 else 'Kind'} regards"
    flips = {"candidate": "baseline", "baseline": "candidate"}
    worse = sum(map(ord, str(row["key"]))) % 5 > number
    if worse and made.get("verdict") == "candidate":
        made["verdict"] = flips["candidate"]
    return made | {"candidate": name}


def _public(name: str) -> Make:
    def make(path: Path) -> None:
        with open_store(path, create=True) as store:
            for _ in import_files(store, ImportRequest([_DATA / name])):
                pass
            settle(store)

    return make


MADE: dict[str, Make] = {
    "desk": desk,
    "read": read_desk,
    "disputed": disputed_desk,
    "curated": curated_desk,
    "proposed": proposed_desk,
    "versioned": versioned_desk,
    "coding": coding,
    "states": states,
    "few": few,
    "unjudged": unjudged,
    "empty": empty,
    "several": several,
}


if _DATA.is_dir():
    MADE |= {name: _public(name) for name in ("mt_bench", "pandalm")}
