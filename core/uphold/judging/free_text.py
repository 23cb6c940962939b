"""Reading a verdict from a judge's answer that keeps to no form: thoughts, prose, fenced or broken JSON, a letter.

Verdicts are looked for in all the usual spellings; the last one stated counts. A text that names both answers and comes to
no conclusion has none. Time is linear in the length of the text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_READ = 200_000
"""Characters that are read, from the end of the text: the verdict stands there."""

_MAX_OBJECTS = 500
"""Most places, from the end, at which a JSON object is tried to be read."""

_MAX_DEPTH = 4

_MAX_REASON = 20_000
"""Most characters between the opening of a broken object and its verdict."""


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict in a text: `winner` is A, B or tie; `position` and `end` say where it stands."""

    winner: str
    position: int
    end: int
    reason: str = ""
    confidence: float | None = None


# -- thoughts

_CLOSING = re.compile(r"</(?:think|thinking|thought|thoughts|reasoning|reason)>|\[/THINK\]|◁/think▷", re.I)
_OPENING = re.compile(r"<(?:think|thinking|thought|thoughts|reasoning)>|\[THINK\]|◁think▷", re.I)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>.*", re.S)


def without_thoughts(text: str) -> str:
    """Return what follows a model's thoughts; of thoughts that were never closed, what stands before them."""
    channels = list(_CHANNEL.finditer(text))
    if channels:
        final = [channel for channel in channels if channel[1].lower() == "final"]
        return _CHANNEL_END.sub("", text[final[-1].end() :]) if final else ""
    closings = list(_CLOSING.finditer(text))
    if closings:
        text = text[closings[-1].end() :]
    opening = _OPENING.search(text)
    return text if opening is None else text[: opening.start()]


# -- spellings

DECORATION = " \t\r\n*_`'\"“”‘’[](){}<>#.:;,!$\\"
_NOUN = r"(?:answer|response|assistant(?:'s\s+answer)?|model|option|output|completion|candidate|system)"
_WHO = rf"(?:the\s+)?(?:{_NOUN}\s*[-_#:]?\s*)?"
_SIDE = re.compile(
    rf"{_WHO}[\[(\"'*`]*([ab])[\])\"'*`]*(?:\s+(?:is|was)\s+(?:the\s+)?(?:better|best|winner)|\s+wins)?", re.I
)
_TIE = re.compile(
    r"c|(?:it(?:'s| is) )?(?:an? )?(?:tie|tied|draw)|ties|equal(?:ly good)?|same|even|neither"
    r"|both(?: equal| are equal(?:ly good)?| tie)?|no (?:winner|preference)|a\s*=+\s*b",
    re.I,
)
_RANKED = re.compile(r"([ab])\s*(>+|<+)\s*([ab])", re.I)


def winner_of(value: object) -> str | None:
    """Return A, B or tie for one of their usual spellings, None for anything else."""
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = value.strip(DECORATION)
    if ranked := _RANKED.fullmatch(text):
        first, sign, second = ranked[1].upper(), ranked[2][0], ranked[3].upper()
        return None if first == second else first if sign == ">" else second
    if side := _SIDE.fullmatch(text):
        return side[1].upper()
    return "tie" if _TIE.fullmatch(text) else None


def read_confidence(value: object) -> float | None:
    """Return a confidence from 0 to 1: a number, or a text such as "0.8" or "80%"; None for anything else."""
    if isinstance(value, str):
        text, percent = value.strip(), 1.0
        if text.endswith("%"):
            text, percent = text[:-1].strip(), 100.0
        try:
            value = float(text) / percent if len(text) <= 20 else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


# -- JSON

_WINNER_NAMES = (
    "winner",
    "final_verdict",
    "verdict",
    "overall_winner",
    "better_answer",
    "better_response",
    "better",
    "preferred",
    "preference",
    "choice",
    "decision",
    "judgment",
    "judgement",
    "answer",
    "result",
)
"""Names of the field with the verdict, the first that is there counts."""

_OF_PARTS = ("criteria", "metrics")
"""Names of fields whose verdicts are on parts of the question, and none on the whole."""

_REASON_NAMES = ("reason", "reasoning", "explanation", "rationale", "justification", "analysis")
_START = re.compile(r"\{\s*[\"'}]")


def iter_objects(text: str) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Yield (object, start, end) of the outermost JSON objects in a text."""
    decoder = json.JSONDecoder(object_pairs_hook=_unless_repeated)
    starts = [match.start() for match in _START.finditer(text)][-_MAX_OBJECTS:]
    read_to = 0
    for start in starts:
        if start < read_to:
            continue
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        read_to = end
        yield value, start, end


def _unless_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object without the fields that it has twice with different values."""
    fields: dict[str, Any] = {}
    repeated: set[str] = set()
    for name, value in pairs:
        if name in fields and fields[name] != value:
            repeated.add(name)
        fields[name] = value
    return {name: value for name, value in fields.items() if name not in repeated}


def verdict_in(fields: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return (winner, object it stands in) of a JSON object or of those within it; None where they name none, or several."""
    found = list(_verdicts_in(fields, _MAX_DEPTH))
    return found[0] if found and all(winner == found[0][0] for winner, _ in found) else None


def _verdicts_in(fields: dict[str, Any], depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    lowered = {name.lower().replace(" ", "_"): value for name, value in fields.items()}
    for name in _WINNER_NAMES:
        if (winner := winner_of(lowered.get(name))) is not None:
            yield winner, lowered
            return
    if depth:
        for name, value in lowered.items():
            if isinstance(value, dict) and name not in _OF_PARTS:
                yield from _verdicts_in(value, depth - 1)


def reason_in(fields: dict[str, Any]) -> str:
    """Return the reason that stands beside a verdict, "" if there is none."""
    return next((fields[name] for name in _REASON_NAMES if isinstance(fields.get(name), str)), "")


def criteria_in(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return A, B or tie by the name of each criterion that an object has a verdict for, in the order of `names`."""
    lowered = {name.lower(): value for name, value in fields.items()}
    found = lowered.get("criteria")
    said = {_folded(name): value for name, value in found.items()} if isinstance(found, dict) else {}
    verdicts = {name: _criterion_verdict(said.get(_folded(name))) for name in names}
    return {name: winner for name, winner in verdicts.items() if winner is not None}


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def _criterion_verdict(value: object) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in ("stronger", "better", "winner") if name in value), None)
    return winner_of(value)


def criteria_of(text: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the verdicts by criterion of the last JSON object in a text that has some."""
    said = [criteria_in(fields, names) for fields, _, _ in iter_objects(text[-MAX_READ:])]
    return next((one for one in reversed(said) if one), {})


_FIELD = re.compile(
    r"[\"']?\b(?:winner|final_verdict|verdict)\\?[\"']\s*:\s*\\?[\"']([^\"'\n\\]{1,40})\\?[\"'](?!\s*(?:,\s*\\?[\"'][^\"']{1,9}\\?[\"']\s+or|or\b|\|))",
    re.I,
)
"""The field of a verdict in JSON that cannot be parsed; not the description of a format, such as "A", "B" or "tie"."""

_CONFIDENCE_FIELD = re.compile(r"[\"']confidence[\"']\s*:\s*[\"']?([\d.]{1,8}%?)", re.I)


# -- prose

_LETTERS = r"[Aa]n?\s+(?:[Tt]ie|[Dd]raw)\b|A|B|C"
_TIES = r"[Tt]ie\b|TIE\b|[Dd]raw\b|[Bb]oth\b(?!\s+\w+\s+(?:have|has|fail))|[Ee]qual\b|[Nn]either\b"
_SMALL = r"[ab](?=[\])\"'*`_.]*\s*(?:$|\n))"
_V = rf"(?i:{_WHO})[\[(\"'*`_]{{0,6}}(?P<side>{_LETTERS}|{_TIES}|{_SMALL})[\])\"'*`_]*+"
"""A verdict in prose. A small letter is one only at the end of a line: "a" is a word."""

_OTHER = r"(?i:answer|response|assistant|model|option|tie|draw)|[AB]\b"
_NOT_ONE = (
    rf"(?!\w)(?!\s*(?:/|&|\||,?\s*(?:and|or|vs\.?|versus)\b)\s*[\[(\"'*`]*(?:{_OTHER}))"
    r"(?!\s+(?i:tie|draw)\b)(?!'s\b)(?!\s*,\s*[\"'`]*[AB][\"'`]*\s*(?:,|or\b))"
)
"""What may not follow a letter that is a verdict: the other letter, as in "A or B", or "tie", as in "A tie"."""

_BRACKETS = re.compile(r"\[\[\s*([^\[\]\n]{1,30})\s*\]\]|\\boxed\{\s*(?:\\text(?:bf)?\{)?([^{}\n]{1,30})\}")
_TAGGED = re.compile(
    r"<(answer|verdict|winner|final_answer|final_verdict|choice|decision)>\s*([^<>\n]{1,40}?)\s*</\1>", re.I
)
_LABELLED = re.compile(
    r"(?i:\b(?:verdict|winner|decision|judge?ment|choice|final\s+answer|conclusion|preference|better\s+"
    r"(?:answer|response|one)|best\s+(?:answer|response))\b[*_`\"')]*\s*(?::|=|\bis\b:?|-|–|—)\s*(?:that\s+|clearly\s+)?)"
    rf"\**\s*(?:{_V}){_NOT_ONE}"
)
_STATED = re.compile(
    rf"(?:{_V}){_NOT_ONE}\s*(?i:(?:is|was)\s+(?:clearly\s+|slightly\s+|much\s+|significantly\s+|overall\s+|therefore\s+)*"
    r"(?:the\s+)?(?:better|best|superior|winner|stronger|preferable|preferred)|wins\b)"
)
_CHOSEN = re.compile(
    r"(?i:\b(?:i|we)\s*(?:'d|'ll|would|will)?\s*(?:choose|chose|prefer|pick|select|go\s+with|vote\s+for|favou?r)\s+)"
    rf"\**(?:{_V}){_NOT_ONE}"
)
_TIED = re.compile(
    r"(?i:\b(?:it\s+is|it's|this\s+is|result\s+is|call\s+it)\s+an?\s+(?:tie|draw)\b"
    r"|\b(?:both|the\s+two)(?:\s+(?:answers|responses))?\s+are\s+(?:equally\s+\w+|equal|tied|the\s+same)\b"
    r"|\b(?:neither)(?:\s+(?:answer|response))?\s+is\s+better\b)"
)
_DOUBT = re.compile(r"(?i)\b(?:not|never|if|whether|would\s+be|could|might|unless|hard\s+to)\b|n't\b|\?")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


def find_verdict(text: str, *, cut: bool = False) -> Found | None:
    """Return the verdict of an answer in free text, None where there is none, or no clear one.

    `cut`: the text ends in the middle, so that its last words say nothing.
    """
    text = text[-MAX_READ:]
    found: list[Found] = []
    rest = list(text)
    for fields, start, end in iter_objects(text):
        rest[start:end] = " " * (end - start)
        if (verdict := verdict_in(fields)) is not None:
            winner, place = verdict
            found.append(Found(winner, start, end, reason_in(place), read_confidence(place.get("confidence"))))
    prose = _blank_broken_json("".join(rest), found)
    found += _labels(prose, cut=cut)
    if not found and not cut:
        found += _statements(prose)
    if not found:
        return None
    last = max(found, key=lambda one: one.position)
    return (
        last
        if last.reason
        else Found(last.winner, last.position, last.end, _line_before(text, last.position), last.confidence)
    )


def _blank_broken_json(prose: str, found: list[Found]) -> str:
    """Add the verdicts in JSON that cannot be parsed to `found`, and return the text without that JSON."""
    rest, covered = list(prose), len(prose)
    for match in reversed(list(_FIELD.finditer(prose))[-_MAX_OBJECTS:]):
        winner = winner_of(match[1])
        if winner is None or match.end() > covered:
            continue
        opening = prose.rfind("{", max(0, match.start() - _MAX_REASON), match.start())
        closing = prose.find("}", match.end(), covered)
        start = match.start() if opening < 0 else opening
        end = covered if closing < 0 else closing + 1
        told = _CONFIDENCE_FIELD.search(prose, start, end)
        found.append(Found(winner, match.start(), match.end(), confidence=read_confidence(told[1]) if told else None))
        rest[start:end] = " " * (end - start)
        covered = start
    return "".join(rest)


def _labels(prose: str, *, cut: bool) -> Iterator[Found]:
    """Yield the verdicts that are marked as such: in brackets or tags, after a label, alone on the first or last line."""
    for match in (*_BRACKETS.finditer(prose), *_TAGGED.finditer(prose)):
        value = next(group for group in reversed(match.groups()) if group is not None)
        if (winner := winner_of(value)) is not None:
            yield Found(winner, match.start(), match.end())
    for match in _LABELLED.finditer(prose):
        if not (cut and match.end() >= len(prose.rstrip())) and (winner := winner_of(match["side"])) is not None:
            yield Found(winner, match.start("side"), match.end())
    lines = [match for match in re.finditer(r"[^\n]+", prose) if match[0].strip(DECORATION + "-=|")]
    for line in lines[:1] + ([] if cut else lines[-1:]):
        if (winner := winner_of(line[0])) is not None and not (cut and line.end() >= len(prose)):
            yield Found(winner, line.start(), line.end())
    yield from _first_word(lines)


_FIRST_WORD = re.compile(r"\s*[*\[(\"'`]*(A|B|[Tt]ie|TIE)[*\])\"'`]*\s*(?:[.:)]|-|–|—)[*\])\"'`]*\s+\S")


def _first_word(lines: list[re.Match[str]]) -> Iterator[Found]:
    """Yield the verdict of a text that begins with it, as in "B. It is correct", where no line does so for the other."""
    begun = [(line, match[1]) for line in lines if (match := _FIRST_WORD.match(line[0]))]
    if len(begun) == 1 and begun[0][0] is lines[0]:
        winner = winner_of(begun[0][1])
        if winner is not None:
            yield Found(winner, lines[0].start(), lines[0].start() + 1)


def _statements(prose: str) -> list[Found]:
    """Return the verdict of the last sentence that says who is better, none where it is in doubt or says two things."""
    tail = prose.rstrip()[-4000:]
    offset = len(prose.rstrip()) - len(tail)
    for sentence in reversed(list(_SENTENCE.finditer(tail))):
        words = sentence[0]
        stated = {winner_of(match["side"]) for pattern in (_STATED, _CHOSEN) for match in pattern.finditer(words)}
        if _TIED.search(words):
            stated.add("tie")
        stated.discard(None)
        if stated:
            if len(stated) > 1 or _DOUBT.search(words):
                return []
            place = offset + sentence.start()
            return [Found(stated.pop() or "", place, place + len(words))]
    return []


def _line_before(text: str, end: int) -> str:
    """Return the last line of prose before a verdict, which is taken for the reason; "" if there is none."""
    lines = [line.strip() for line in text[max(0, end - 4000) : end].splitlines() if line.strip(DECORATION + "-=|")]
    return lines[-1] if lines else ""
