"""A new checkpoint in the midst of its judging, for a picture: nothing is asked of anybody."""

from uphold.records.checkpoints import CheckpointProgress, CheckpointStep, RunReading, StepName, StepState
from uphold.records.enums import Verdict
from uphold.records.runs import Run
from uphold.store.database import Store
from uphold.workflows.checkpoint_run import CheckpointRequest
from uphold.workflows.checkpoint_view import CheckpointView, Waiting, WaitingPair
from uphold.workflows.statistics import headline_numbers
from uphold_tui.new_checkpoint.background import BackgroundCheckpoint, CheckpointStatus

_VERDICTS = {
    Verdict.CANDIDATE: 53,
    Verdict.TIE: 12,
    Verdict.BASELINE: 15,
    Verdict.INCONSISTENT: 6,
    Verdict.UNREADABLE: 1,
    Verdict.PENDING: 33,
}

_ASKED = {
    "desk-0092": "Explain the difference between guarantee and warranty",
    "desk-0155": "Reply to a one-star review that blames us for the courier",
    "desk-0177": "Customer cannot reset the password, link expired twice",
    "desk-0014": "Decline a request for a discount on an already reduced item",
    "desk-0143": "Translate our delay notice into German, formal",
    "desk-0190": "Customer returns shoes after 34 days; policy says 30",
    "desk-0019": "Explain why the promo code was refused at checkout",
    "desk-0201": "A parcel was left with a neighbour who denies it",
    "desk-0008": "Customer asks for the invoice in the name of her company",
    "desk-0033": "Say that the grey one is out of stock and offer the blue one",
    "desk-0047": "Answer a customer who wants to know who reads his messages",
    "desk-0061": "Order was split into two parcels, one is late",
    "desk-0078": "Customer returned a gift and wants the money on her own card",
    "desk-0085": "Explain in two sentences how a warranty claim goes",
    "desk-0101": "Customer asks whether the tent stands without its poles",
    "desk-0118": "Decline to name the colleague who made the mistake",
    "desk-0126": "Refund to a card that has been closed",
    "desk-0134": "Customer wants to change the address after dispatch",
    "desk-0149": "Reply to a customer who writes in capital letters",
    "desk-0166": "Say what happens when nobody is at home for the courier",
}


class _AtWork(BackgroundCheckpoint):
    """Always in the midst of it."""

    @property
    def is_running(self) -> bool:
        return True


def half_done(store: Store, run: Run) -> BackgroundCheckpoint:
    """A checkpoint of which three quarters are judged."""
    work = _AtWork(store.path, CheckpointRequest(run.candidate, max_cost=1.0), "mira")
    steps = (
        CheckpointStep(StepName.ANSWERS, StepState.DONE, 120, 120, where="localhost:8000"),
        CheckpointStep(StepName.CARRIED, StepState.DONE, 100, 120),
        CheckpointStep(
            StepName.JUDGED,
            StepState.RUNNING,
            87,
            120,
            cost=0.14,
            expected_cost=0.2,
            seconds_left=46.0,
            where="haiku-5-5 v3",
        ),
        CheckpointStep(StepName.TO_READ, StepState.WAITING, 20, 120),
    )
    progress = CheckpointProgress(
        run.set, run.candidate, run.baseline, "haiku-5-5 v3", steps, StepName.JUDGED, run, 1, cap=1.0
    )
    pairs = tuple(WaitingPair(key, 1, asked, number < 6) for number, (key, asked) in enumerate(_ASKED.items()))
    view = CheckpointView(
        RunReading(pairs=120, carried=100, carried_pairs=100, changed=20, to_read=20, read=0, unread=20),
        _VERDICTS,
        53 / 86,
        86,
        headline_numbers(store, run),
        Waiting(pairs, 6, 41.0),
    )
    work.status = CheckpointStatus(progress, view)
    return work
