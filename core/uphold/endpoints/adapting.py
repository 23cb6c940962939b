"""An endpoint that retries, and that learns from refusals how its server wants requests to be written.

What is learnt holds for all further requests to the same server and model. A refusal that taught something is answered by
the same request in another form at once, and is no failure.
"""

import asyncio
import json
from dataclasses import replace

from uphold.endpoints import refusals
from uphold.endpoints.pacing import Pacer
from uphold.endpoints.refusals import RefusalCounter
from uphold.endpoints.request_forms import (
    MIN_OUTPUT,
    explained,
    guessed_forms,
    named_form,
    without_logprobs,
    written,
)
from uphold.endpoints.retrying import Retrier, RetryPolicy
from uphold.errors import Refused, Unavailable
from uphold.records.model_calls import (
    PLAIN_TEXT,
    AccessRefused,
    Endpoint,
    ModelAnswer,
    ModelRequest,
    PaceLimits,
    RequestForm,
    TextToScore,
    TokenLogprobs,
)

_MAX_STEPS = 16
"""Most requests that are sent to find a form for one."""

_GUESSED_TOKENS_PER_CHARACTER = 0.3
_FREE_TOKENS = 16
"""Tokens of a context window that are left free beside those that a server counts: some add a few of their own."""


class RetryingEndpoint:
    """An endpoint whose requests are paced, retried by a common `retrier`, and written as its server takes them.

    `form` is how requests are written at present, `notes` says in words what has been learnt since it was opened.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        policy: RetryPolicy | None = None,
        *,
        form: RequestForm | None = None,
        limits: PaceLimits | None = None,
    ) -> None:
        self._endpoint, self._dialect = endpoint, endpoint.dialect
        self.retrier = Retrier(policy)
        self.refusals = RefusalCounter()
        self.form = form or RequestForm()
        self.notes: list[str] = []
        self._pacer = Pacer(limits)
        self._learning = asyncio.Lock()
        self._accepted: set[RequestForm] = set()
        self._unmended: set[tuple[object, ...]] = set()
        self._tokens_per_character = _GUESSED_TOKENS_PER_CHARACTER
        self._disobeyed = self._checked = False

    @property
    def gave_up(self) -> str | None:
        """Why it makes no sense to send more: no answer from the server, or three equal refusals; None as long as it does."""
        return self.retrier.gave_up or self.refusals.stopped

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer.

        Raises AccessRefused, Refused, OddReply, or Unavailable once the tries are used up.
        """
        try:
            answer = await self._answer(request)
        except Refused as error:
            self.refusals.count(error)
            raise
        except Unavailable as error:
            if self.retrier.repeats:
                self.refusals.count_lost(error)
            raise
        self.refusals.count_answer()
        return answer

    def note_disobeyed(self) -> None:
        """Note that an answer did not keep to the JSON schema that the server took."""
        if not self._disobeyed:
            self._disobeyed = True
            self.notes.append("it takes the JSON schema, but its answers do not keep to it: they are read as text")

    def note_without_logprobs(self) -> None:
        """Note that the server answers without the token probabilities it was asked for: they are asked for no more."""
        if "logprobs" not in self.form.left_out:
            self._keep(without_logprobs(self.form))

    async def count(self, request: ModelRequest) -> int | None:
        """Return the endpoint's own count of a request's input tokens."""
        return await self.retrier.call(self._endpoint.count, self._written(request, self.form))

    async def score(self, wanted: TextToScore) -> TokenLogprobs:
        """Return log probabilities of a text."""
        try:
            return await self.retrier.call(self._endpoint.score, wanted)
        except Refused as error:
            self.refusals.count(error)
            raise

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()

    async def _answer(self, request: ModelRequest) -> ModelAnswer:
        while True:
            form = self.form
            sent = self._written(request, form)
            try:
                return self._accept(request, sent, await self._send(sent))
            except Refused as error:
                if _concerns_others(error):
                    raise
                refused = error
            if (sent.schema is not None or sent.json_mode) and refusals.is_about_answer(refused.explanation):
                return await self._without_format(request, form)
            if form.context is not None and refusals.is_about_context(refused.explanation):
                return await self._learn(request, sent, refused)  # how much this one is too long concerns no other
            async with self._learning:
                if form == self.form:
                    return await self._learn(request, sent, refused)
            # Meanwhile another request has taught a form: this one is sent again in that.

    async def _without_format(self, request: ModelRequest, form: RequestForm) -> ModelAnswer:
        """Ask once more, for a plain text: the server checks what the model writes, and the model has not kept to it."""
        if not self._checked:
            self._checked = True
            self.notes.append(
                "it refuses answers that do not keep to the JSON: those are asked for again as plain text"
            )
        sent = self._written(request, replace(form, answer_format=PLAIN_TEXT))
        return self._accept(request, sent, await self._send(sent))

    async def _learn(self, request: ModelRequest, sent: ModelRequest, refused: Refused) -> ModelAnswer:
        """Send a refused request in other forms until one is taken, and keep that form; raises the refusal if none is."""
        if refusals.sentence_key(refused) in self._unmended:
            raise refused
        error, form, room = refused, sent.form, None
        # Where the form was taken before, a refusal that names nothing is this request's own.
        guesses = iter(()) if sent.form in self._accepted else guessed_forms(sent.form, request, self._dialect)
        guessed = False
        for _ in range(_MAX_STEPS):
            if refusals.is_about_context(error.explanation):
                form, room = self._shorter(request, sent, error)
            elif (named := named_form(form, request, error.explanation, self._dialect)) is not None:
                form = named
            elif (guess := next(guesses, None)) is not None:
                form, guessed = guess, True
            else:
                break
            sent = self._written(request, form, room)
            try:
                answer = await self._send(sent)
            except Refused as another:
                if _concerns_others(another):
                    raise
                error = another
                continue
            if room is not None and form.context is None:
                form = replace(form, max_output=room)  # the server does not say how large its context is
            self._keep(form)
            return self._accept(request, sent, answer)
        self._unmended.add(refusals.sentence_key(refused))
        raise refused if guessed else error

    def _shorter(self, request: ModelRequest, sent: ModelRequest, error: Refused) -> tuple[RequestForm, int | None]:
        """Return the form and the room for output after a refusal for length.

        Raises Refused, for this request alone, where the context leaves no room for an answer.
        """
        text = error.explanation
        limit = refusals.read_output_limit(text)
        if limit is not None and limit < sent.max_tokens:
            return replace(sent.form, max_output=limit), None
        form, room = sent.form, sent.max_tokens // 2
        numbers = refusals.read_context(text)
        if numbers.window is not None:
            form = replace(form, context=numbers.window)
            estimated = int(request.length * self._tokens_per_character)
            if numbers.input is None or numbers.at_least:
                left = numbers.window - max(numbers.input or 0, estimated) - _FREE_TOKENS
                room = min(left, room) if left >= MIN_OUTPUT else room
            else:
                left = numbers.window - numbers.input - _FREE_TOKENS
                room = left if left < sent.max_tokens else room
                if request.length:
                    self._tokens_per_character = max(self._tokens_per_character, numbers.input / request.length)
        if room < MIN_OUTPUT:
            raise Refused(
                f"the texts are too long for the model's context: {error}",
                status=error.status,
                explanation=text,
                one_request=True,
            )
        return form, room

    def _written(self, request: ModelRequest, form: RequestForm, room: int | None = None) -> ModelRequest:
        return written(request, form, room=room, tokens_per_character=self._tokens_per_character)

    async def _send(self, sent: ModelRequest) -> ModelAnswer:
        counted = 0.0

        async def pace() -> None:
            nonlocal counted
            counted = await self._pacer.wait(sent)

        answer = await self.retrier.call(self._endpoint.answer, sent, pace)
        self._pacer.correct(counted, answer)
        return answer

    def _accept(self, request: ModelRequest, sent: ModelRequest, answer: ModelAnswer) -> ModelAnswer:
        """Return the answer with the form of its request."""
        self._accepted.add(sent.form)
        if answer.input_tokens and request.length > 1000:
            self._tokens_per_character = max(self._tokens_per_character, min(answer.input_tokens / request.length, 1.0))
        changes = {**sent.form.changes()}
        if request.schema is None:
            changes.pop("answer_format", None)
        if sent.max_tokens != request.max_tokens:
            changes["max_tokens"] = sent.max_tokens
        return replace(answer, form=json.dumps(changes, sort_keys=True) if changes else None)

    def _keep(self, form: RequestForm) -> None:
        """Use a form for all further requests, and say what it changes."""
        self.notes += explained(self.form, form, self._dialect)
        self.form = form


def _concerns_others(error: Refused) -> bool:
    """Whether another form of the request would be refused too: key, account, model, or the texts themselves."""
    return isinstance(error, AccessRefused) or error.one_request
