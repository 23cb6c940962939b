"""Reads a server's refusal: whom it concerns, which numbers it names, and which part of the request it dislikes.

Everything is read from the text that came with the HTTP status: servers of the same API share neither codes nor wording.
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from uphold.errors import EndpointError, Refused
from uphold.records.model_calls import AccessRefused

MAX_READ = 8000
"""Characters of an explanation that are read."""

MAX_EQUAL = 3
"""Equal refusals after which a run stops."""


class Kind(Enum):
    """What a refusal is about; None where its text does not tell."""

    KEY = "key"
    ACCOUNT = "account"
    MODEL = "model"
    ONE_REQUEST = "one request"
    BUSY = "busy"
    REQUEST = "request"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


_ACCOUNT = _words(
    r"insufficient[ _]?(?:quota|balance|credits?|funds)",
    r"credit (?:balance|limit)",
    r"out of credits",
    r"requires more credits",
    r"payment required",
    r"billing (?:hard limit|not active)",
    r"(?:account|organi[sz]ation|workspace|project)\b[^.\n]{0,40} (?:is|has been) (?:not active|disabled|suspended)",
    r"arrearage",
    r"budget has been exceeded",
    r"exceeded ?budget",
    r"(?:over|crossed) budget",
    r"spending limit",
    r"specified (?:api )?usage limit",
    r"key limit exceeded",
)
_QUOTA = _words(r"exceeded your current quota")

_KEY = _words(
    r"api[ _-]?key not (?:valid|found)",
    r"(?:invalid|incorrect|missing|no|wrong|expired) (?:x-)?api[ _-]?key",
    r"invalid (?:authentication|bearer|token provided|proxy server token)",
    r"authentication (?:error|fails?|failed|required)",
    r"unauthorized",
)

_MODEL = _words(
    r"model[^.\n]{0,120}? (?:does not exist|not found|not exist\b|is not found|was not found|is not available)",
    r"(?:no such|unknown|invalid|unrecognized|non-serverless) model\b",
    r"not a valid model",
    r"model[ _]not[ _](?:found|exist|available)",
    r"invalid model name",
    r"no endpoints (?:found for|available)",
)

_POLICY = _words(
    r"content[ _-]?(?:policy|filter|management|moderation)",
    r"responsible ?ai",
    r"requires moderation",
    r"(?:input|prompt|request) (?:was|has been) flagged",
    r"flagged as",
    r"usage polic",
    r"safety (?:system|polic|filter|settings)",
    r"inappropriate content",
    r"data_inspection_failed",
    r"content exists risk",
    r"sensitive (?:content|words?)",
)

_LENGTH_OF_INPUT = _words(
    r"prompt (?:is )?too long",
    r"(?:input|prompt|request)[^.\n]{0,40} too (?:long|large)",
    r"(?:inputs?|prompt) must have less than",
    r"input[^.\n]{0,60}(?:longer than|exceeds?)[^.\n]{0,60}(?:context|maximum|max|limit)",
    r"reduce the length of (?:the )?(?:input|prompt|messages)\b(?! or)",
    r"payload too large",
    r"request entity too large",
)

_TOO_LARGE_FOR_A_MINUTE = r"request too large[^\n]{0,200}(?:tokens per min|\bTPM\b)"
"""Input and output together are more than a minute may have: to wait does not help."""

_CONTEXT = _words(
    _TOO_LARGE_FOR_A_MINUTE,
    r"context[ _]?(?:length|window|size|limit)",
    r"maximum (?:sequence|model) length",
    r"max_model_len",
    r"n_ctx",
    r"max_new_tokens`? must be <=",
    r"max_total_tokens",
    r"total (?:number of )?tokens",
    r"requested tokens",
    r"maximum allowed length",
)


_BROKEN_ANSWER = _words(r"json_validate_failed", r"failed to (?:generate|validate) json", r"failed_generation")

_INTERNAL = _words(
    r"context (?:length|window|size)",
    r"response[_ ]?format",
    r"json[ _]?schema",
    r"\bgrammar\b",
    r"system role",
    r"roles? must alternate",
    r"reasoning_effort",
)
"""What an internal error has to name to be taken for a refusal: others pass."""


def kind_of(status: int, text: str, *, asks_to_wait: bool = False) -> Kind | None:
    """Return what a refusal is about; None where status and text leave it open.

    A refusal that a shorter output may mend is a matter of the request's form, Kind.REQUEST.
    """
    if status >= 500:
        # Some servers report what they cannot do as an internal error.
        return Kind.REQUEST if _INTERNAL.search(text) and (is_about_context(text) or named_parts(text)) else None
    if status == 402 or _ACCOUNT.search(text) or (status == 429 and _QUOTA.search(text) and not asks_to_wait):
        return Kind.ACCOUNT
    if status in (413, 429) and re.search(_TOO_LARGE_FOR_A_MINUTE, text, re.I):
        return Kind.REQUEST
    if status in (408, 409, 425, 429):
        return Kind.BUSY
    if _POLICY.search(text):
        return Kind.ONE_REQUEST
    if status in (401, 403) or _KEY.search(text):
        return Kind.KEY
    if status == 413:
        return Kind.ONE_REQUEST
    if status in (400, 404, 422):
        if is_about_context(text):
            return Kind.REQUEST
        if _LENGTH_OF_INPUT.search(text):
            return Kind.ONE_REQUEST
        if named_parts(text):
            return Kind.REQUEST
        if status == 404 or _MODEL.search(text):
            return Kind.MODEL
    return Kind.REQUEST


def is_about_context(text: str) -> bool:
    """Whether a refusal says that input and output do not fit together, so that a shorter output may mend it."""
    return _CONTEXT.search(text) is not None or read_output_limit(text) is not None


def is_about_answer(text: str) -> bool:
    """Whether a refusal says that the model has answered, and that what it wrote was not the JSON it was asked for."""
    return _BROKEN_ANSWER.search(text) is not None


# -- numbers

_NUMBER = r"(\d[\d,_]*)"


@dataclass(frozen=True, slots=True)
class ContextNumbers:
    """Tokens that a refusal names: the context window, and the input; None where it does not.

    `at_least`: the input may be longer than that.
    """

    window: int | None = None
    input: int | None = None
    at_least: bool = False


_WINDOW = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"context limit: [\d,]+ \+ [\d,]+ > " + _NUMBER,
        r"maximum context length (?:is|of) " + _NUMBER,
        r"\"?n_ctx\"?\W{0,4}" + _NUMBER,
        r"available context size \(?" + _NUMBER,
        r"max_new_tokens`? must be <= " + _NUMBER,
        r"context (?:window|length|size|limit)(?: of| is| \()?(?: only| up to)? ?" + _NUMBER,
        r"(?:max_model_len|max_total_tokens|max_seq_len)\W{1,4}" + _NUMBER,
        r"maximum (?:allowed length|sequence length|model length)\W{1,4}(?:of |is )?" + _NUMBER,
        r"limit(?:ed)? (?:of|to|is) " + _NUMBER + r" tokens",
        _NUMBER + r" maximum context length",
    )
)

_INPUT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"context limit: " + _NUMBER + r" \+",
        _NUMBER + r" in (?:the |your )?(?:messages|prompt|input)",
        r"at least " + _NUMBER + r" input tokens",
        r"(?:has|contains) " + _NUMBER + r" input tokens",
        r"messages resulted in " + _NUMBER,
        r"\"?n_prompt_tokens\"?\W{0,4}" + _NUMBER,
        r"request \(" + _NUMBER + r" tokens\)",
        r"given: " + _NUMBER + r" `?inputs`?",
        _NUMBER + r" tokens? from the (?:input|prompt|messages)",
        r"(?:input|prompt)(?: is| has| length(?: is)?| contains)?[ (]*" + _NUMBER + r" tokens",
    )
)

_OUTPUT_LIMIT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"max_(?:completion_)?tokens`?:? [\d,]+ > " + _NUMBER,
        r"supports at most " + _NUMBER + r" (?:completion|output)",
        r"exceeds the (?:model )?limit of " + _NUMBER,
        r"max(?:_completion|_output|_new)?_?tokens`?'? must be (?:less than or equal to|at most|<=|between \d+ and) "
        r"`?" + _NUMBER + r"(?![^.\n]*given)",
        r"max_tokens\W{1,3}range (?:of max_tokens )?(?:should be|is) \[\d+, ?" + _NUMBER,
        r"valid range of max_tokens is \[\d+, ?" + _NUMBER,
        r"maximum (?:value )?for `?max_(?:completion_)?tokens`? (?:is|less than or equal to) `?" + _NUMBER,
        r"maximum (?:allowed )?(?:number of )?output tokens\D{1,30}" + _NUMBER,
    )
)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> int | None:
    for pattern in patterns:
        if found := pattern.search(text):
            digits = re.sub(r"\D", "", found[1])
            return int(digits) if 0 < len(digits) <= 9 else None
    return None


def read_context(text: str) -> ContextNumbers:
    """Return the sizes of window and input that a refusal names."""
    return ContextNumbers(_first(_WINDOW, text), _first(_INPUT, text), "at least" in text.lower())


def read_output_limit(text: str) -> int | None:
    """Return the most output tokens that a refusal says the model gives, None where it does not."""
    return _first(_OUTPUT_LIMIT, text)


# -- parts of the request

PARTS = {
    "logprobs": _words(r"logprobs?\b"),
    "thinking": _words(r"\bthinking\b", r"budget_tokens"),
    # Servers without a budget of thinking call it thinking too.
    "effort": _words(r"reasoning_?effort", r"output_config\.effort", r"\beffort\b", r"support thinking"),
    "temperature": _words(r"\btemperature\b", r"\btop_[pk]\b"),
    "seed": _words(r"\bseed\b"),
    "max_tokens": _words(r"max_completion_tokens", r"max_tokens"),
    "format": _words(
        r"response[_ ]?(?:format|schema)",
        r"json[ _]?schema",
        r"json[ _]?object",
        r"json[ _]?mode",
        r"output_config(?!\.effort)",
        r"output_format",
        r"structured[ _]?outputs?",
        r"\bguided",
        r"\bgrammar\b",
        r"additional_?properties",
    ),
    "cache": _words(r"cache_control"),
    "system": _words(
        r"\bsystem\b(?![_ ]fingerprint)",
        r"roles? must alternate",
        r"developer instruction",
        r"messages\[0\]\.role",
        r"alternate between user",
        r"first message (?:must|should)",
    ),
}
"""Parts of a request, and the words by which refusals name them."""

_DISLIKES = _words(
    r"unsupported",
    r"not (?:yet )?(?:supported?|allowed|permitted|available|enabled|implemented|compatible|recogni[sz]ed)",
    r"(?:does|do|did|is|are|can|could)(?: not|n't) (?:currently )?(?:support|accept|be|allow|take|recogni[sz]e|parse)",
    r"unavailable",
    r"\bun(?:known|recogni[sz]ed|expected|permitted)\b",
    r"extra (?:inputs?|fields?)",
    r"extra_forbidden",
    r"cannot find field",
    r"not one of",
    r"greater than (?:the )?max",
    r"\binvalid\b",
    r"must (?:be|contain|alternate|match|start|have)",
    r"should (?:be|match|start)",
    r"only .{0,40}(?:support|allow|default)",
    r"no endpoints found that support",
    r"deprecated",
    r"failed to (?:parse|compile|convert|deserialize)",
    r"\bmalformed",
    r"leave it unset",
    r"drop_params",
    r"required",
    r"error (?:in|while|compiling)",
    r"too (?:large|high|complex)",
    r"requires",
)


def named_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a request (`PARTS`) that a refusal names as not accepted, the most telling one first."""
    if not _DISLIKES.search(text):
        return ()
    return tuple(name for name, pattern in PARTS.items() if pattern.search(text))


def needs_adaptive_thinking(text: str) -> bool:
    """Whether a refusal says that this model thinks without a budget."""
    return "adaptive" in text.lower()


# -- counting

_CHANGING = re.compile(r"(?i)\b(?:req|request|trace|chatcmpl|msg)[-_ ]?(?:id)?[-_:= ]+[\w-]{6,}|[0-9a-f-]{12,}|\d+")


def sentence_key(error: EndpointError) -> tuple[str, int | None, str]:
    """Return what makes refusals equal: kind, status, and the text without numbers and the ids of requests."""
    text = error.explanation if isinstance(error, Refused) else str(error)
    return type(error).__name__, error.status, _CHANGING.sub("#", text)[:1000]


class RefusalCounter:
    """Counts the refusals of one endpoint that concern every request; `stopped` is the message of the third equal one.

    A refused key, account or model counts until a later request is answered; any other refusal, and a request whose tries
    were used up, counts only while nothing has been answered, since afterwards it must be the request's own fault.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int | None, str]] = Counter()
        self.answered = False
        self.stopped: str | None = None
        self.last: str | None = None

    def count_answer(self) -> None:
        """Note that a request was answered."""
        self.answered = True
        self._counts.clear()
        self.last = None

    def count(self, error: Refused) -> None:
        """Note a refusal."""
        if error.one_request or (self.answered and not isinstance(error, AccessRefused)):
            return
        self.last = str(error)
        self._count(error, "were refused alike")

    def count_lost(self, error: EndpointError) -> None:
        """Note a request that was tried as often as it may be, without an answer."""
        if not self.answered:
            self._count(error, "failed alike, each tried several times, and none was answered")

    def _count(self, error: EndpointError, what: str) -> None:
        key = sentence_key(error)
        self._counts[key] += 1
        if self._counts[key] >= MAX_EQUAL and self.stopped is None:
            self.stopped = f"{error} ({MAX_EQUAL} requests {what})"

    @property
    def refused_all(self) -> str | None:
        """The last refusal, where nothing was answered before or after it; None otherwise."""
        return self.stopped or self.last
