"""MT-Bench: questions, reference answers, models' answers, a judge's pairwise judgments and human votes."""

from collections.abc import Iterator, Mapping, Sequence

from uphold.formats.given import GivenFile
from uphold.formats.mt_bench_judged import judged_rows
from uphold.formats.mt_bench_texts import Sides, answer_rows, bench_of, question_rows
from uphold.formats.mt_bench_votes import listen, voted_rows, votes_of
from uphold.formats.notes import Notes, Options
from uphold.records.rows import Row

name = "mt-bench"
looks = 'question.jsonl ("question_id", "turns"), model_answer/, reference_answer/, model_judgment/*_pair.jsonl, votes'
unread = frozenset({"scores"})
"""Single-answer scores compare nothing."""

_KINDS = (
    ("judgments", {"question_id", "model_1", "model_2", "g1_winner"}),
    ("votes", {"question_id", "model_a", "model_b", "winner"}),
    ("scores", {"question_id", "model", "score", "judgment"}),
    ("answers", {"question_id", "model_id", "choices"}),
    ("questions", {"question_id", "turns"}),
)


def sniff(file: GivenFile) -> str | None:
    """`questions`, `references`, `answers`, `judgments`, `votes` or `scores`.

    Reference answers look like any model's; only their folder, `reference_answer`, tells them apart.
    """
    fields = file.fields or frozenset()
    kind = next((kind for kind, needed in _KINDS if needed <= fields and file.shape != "csv"), None)
    return "references" if kind == "answers" and file.path.absolute().parent.name == "reference_answer" else kind


def read(files: Mapping[str, Sequence[GivenFile]], options: Options, notes: Notes) -> Iterator[Row]:
    """Questions, then answers, then judgments, then votes; answers alone make no pair."""
    bench = bench_of(files, notes)
    votes = votes_of(files.get("votes", ()), notes)
    listen(votes, bench, notes)
    sides = Sides()
    yield from question_rows(bench)
    yield from answer_rows(bench)
    yield from judged_rows(files.get("judgments", ()), bench, sides, notes)
    yield from voted_rows(votes, bench, sides, notes)
