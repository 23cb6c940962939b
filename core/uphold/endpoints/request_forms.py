"""Forms of requests: the next one to try after a refusal, a request in a form, and what a form changes, in words.

The ladder: JSON schema, JSON mode, plain text; one name of the output length or the other; a system prompt apart or in
the user's message; sampling settings, effort and thinking sent or left out.
"""

from collections.abc import Iterator
from dataclasses import replace

from uphold.endpoints.refusals import named_parts, needs_adaptive_thinking
from uphold.records.model_calls import JSON_OBJECT, JSON_SCHEMA, PLAIN_TEXT, Dialect, ModelRequest, RequestForm

MIN_OUTPUT = 64
"""Fewest output tokens that are worth a request."""

_MARGIN = 16
"""Tokens left free in a context window, since servers add some of their own."""


def written(
    request: ModelRequest, form: RequestForm, *, room: int | None = None, tokens_per_character: float = 0.3
) -> ModelRequest:
    """Return a request in a form.

    `room` is how many output tokens the context leaves this request, where that is known; otherwise it is estimated from
    the length of the texts where the form names the size of the context.
    """
    sampled: dict[str, object] = {
        name: None for name in ("temperature", "seed", "effort", "thinking") if name in form.left_out
    }
    if room is None and form.context is not None:
        room = max(int(form.context - request.length * tokens_per_character) - _MARGIN, MIN_OUTPUT)
    limits = [limit for limit in (request.max_tokens, form.max_output, room) if limit is not None]
    max_tokens = min(limits)
    changes: dict[str, object] = {**sampled, "max_tokens": max_tokens, "form": form}
    if "logprobs" in form.left_out:
        changes["logprobs"] = False
    if request.thinking is not None and request.thinking >= max_tokens:
        changes["thinking"] = None  # a budget has to leave room for the answer
    if request.schema is not None and form.answer_format != JSON_SCHEMA:
        changes |= {"schema": None, "json_mode": form.answer_format == JSON_OBJECT}
    return replace(request, **changes)  # type: ignore[arg-type]


def named_form(form: RequestForm, request: ModelRequest, text: str, dialect: Dialect) -> RequestForm | None:
    """Return the form without what a refusal names, None where it names nothing that the request has."""
    for part in named_parts(text):
        found = _without(part, form, request, text, dialect)
        if found is not None:
            return found
    return None


def guessed_forms(form: RequestForm, request: ModelRequest, dialect: Dialect) -> Iterator[RequestForm]:
    """Yield the forms to try after a refusal that names nothing: one part less each, then all of them less."""
    barest = form
    for part in ("logprobs", "format", "max_tokens", "system", "temperature", "seed", "effort", "thinking", "cache"):
        changed = _without(part, form, request, "", dialect)
        while changed is not None:
            yield changed
            changed = _without(part, changed, request, "", dialect) if part == "format" else None
        plainer = _without(part, barest, request, "", dialect)
        while plainer is not None and part != "max_tokens":
            barest, plainer = plainer, _without(part, plainer, request, "", dialect)
    if barest != form:
        yield barest


def _without(part: str, form: RequestForm, request: ModelRequest, text: str, dialect: Dialect) -> RequestForm | None:
    """Return the form one step poorer in a part, None where there is no such step, or the request has no such part."""
    if part == "format":
        return _poorer_format(form, request, text, dialect)
    if part == "max_tokens":
        return _other_max_tokens(form, dialect)
    if part == "system":
        return replace(form, system_in_user=True) if request.system and not form.system_in_user else None
    if part == "cache":
        has_mark = dialect.cache_marks and request.system and not (form.plain_system or form.system_in_user)
        return replace(form, plain_system=True) if has_mark else None
    value = getattr(request, part)
    if value is None or value is False or part in form.left_out:
        return None
    if part == "thinking" and needs_adaptive_thinking(text) and not form.adaptive_thinking:
        return replace(form, adaptive_thinking=True)
    return _leave_out(form, part)


def without_logprobs(form: RequestForm) -> RequestForm:
    """Return the form in which no token probabilities are asked for."""
    return _leave_out(form, "logprobs")


def _leave_out(form: RequestForm, *names: str) -> RequestForm:
    return replace(form, left_out=tuple(sorted({*form.left_out, *names})))


def _poorer_format(form: RequestForm, request: ModelRequest, text: str, dialect: Dialect) -> RequestForm | None:
    if request.schema is None or form.answer_format == PLAIN_TEXT:
        return None
    if form.answer_format == JSON_SCHEMA and dialect.json_mode:
        return replace(form, answer_format=JSON_OBJECT)
    poorer = replace(form, answer_format=PLAIN_TEXT)
    # The Messages API has effort and format in one field; who does not know the field knows neither.
    unknown_field = "output_config" in text and "output_config." not in text
    return _leave_out(poorer, "effort") if unknown_field and request.effort is not None else poorer


def _other_max_tokens(form: RequestForm, dialect: Dialect) -> RequestForm | None:
    if len(dialect.max_tokens_names) < 2 or "max_tokens" in form.left_out:
        return None
    if form.max_tokens_name is None:
        return replace(form, max_tokens_name=dialect.max_tokens_names[1])
    return replace(_leave_out(form, "max_tokens"), max_tokens_name=None)


_FORMATS = {
    JSON_OBJECT: "it takes no JSON schema: answers are asked for in JSON mode",
    PLAIN_TEXT: "it takes no JSON schema and has no JSON mode: the prompt alone asks for JSON",
}


def explained(old: RequestForm, new: RequestForm, dialect: Dialect) -> Iterator[str]:
    """Yield a sentence for each thing that `new` changes from `old`."""
    if new.answer_format != old.answer_format:
        without_mode = "it takes no JSON schema: the prompt alone asks for JSON"
        yield _FORMATS[new.answer_format] if dialect.json_mode else without_mode
    if new.max_tokens_name != old.max_tokens_name and new.max_tokens_name is not None:
        yield f"the output length is sent as {new.max_tokens_name}"
    if new.system_in_user and not old.system_in_user:
        yield "it takes no system prompt: that stands at the head of the user's message"
    if new.plain_system and not old.plain_system:
        yield "it takes no cache marks: the system prompt is sent as plain text"
    if new.adaptive_thinking and not old.adaptive_thinking:
        yield "it thinks without a budget: thinking is sent as adaptive"
    added = [name for name in new.left_out if name not in old.left_out]
    if "logprobs" in added:
        yield "it tells no token probabilities: verdicts are those that it writes, without a preference"
        added.remove("logprobs")
    if added:
        yield f"it does not take {', '.join(added)}: not sent"
    if new.max_output != old.max_output and new.max_output is not None:
        yield f"it takes a max_tokens of at most {new.max_output}: cut to that"
    if new.context != old.context and new.context is not None:
        yield f"its context holds {new.context} tokens: max_tokens is cut to what the texts leave"
