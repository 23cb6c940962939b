"""Chat messages: lists of `{"role", "content"}` (or `{"from", "value"}`) as instructions, context and answers.

Content is text or a list of parts, of which only text can be read. Roles count by what they are called everywhere: system
and developer give context, user (human) asks, assistant (gpt) answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from uphold.formats.json_values import describe, parse_json
from uphold.formats.reading import BadRow

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "model": "assistant",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `role` is system, user or assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked last, and what came before it as one text: system prompt and earlier talk; None without any."""

    instruction: str
    context: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked in each turn, what came before, and the answer to each turn; no answers where the user speaks last."""

    turns: tuple[str, ...]
    context: str | None
    answers: tuple[str, ...]


def read_messages(field: str, value: Any) -> list[Message]:
    """Return the messages of a field. Raises BadRow, naming the field and the message that cannot be read."""
    if type(value) is not list:
        raise BadRow(f"{field} must be a list of messages, found {describe(value)}")
    return [_message(f"{field}, message {number}", entry) for number, entry in enumerate(value, 1)]


def _message(place: str, entry: Any) -> Message:
    if type(entry) is not dict:
        raise BadRow(f'{place} must be an object with "role" and "content", found {describe(entry)}')
    role, content = entry.get("role", entry.get("from")), entry.get("content", entry.get("value"))
    known = _ROLES.get(role) if type(role) is str else None
    if known is None:
        raise BadRow(f"{place}: role must be system, user or assistant, found {describe(role)}")
    return Message(known, content_text(place, content))


def content_text(place: str, content: Any) -> str:
    """Return a message's content as one text. Raises BadRow for what is not text, such as an image."""
    if type(content) is str:
        return content
    if type(content) is not list:
        raise BadRow(f"{place}: content must be text or a list of parts, found {describe(content)}")
    return "\n\n".join(_part_text(place, part) for part in content)


def _part_text(place: str, part: Any) -> str:
    if type(part) is str:
        return part
    text = part.get("text") if type(part) is dict else None
    if type(text) is not str:
        kind = part.get("type") if type(part) is dict else None
        raise BadRow(f"{place}: a part of type {describe(kind)} is no text; only text can be reviewed")
    return text


def is_message_list(value: Any) -> bool:
    """Whether a value looks like a list of messages."""
    return type(value) is list and bool(value) and type(value[0]) is dict and bool({"role", "from"} & value[0].keys())


def prompt_of(field: str, messages: Sequence[Message]) -> Prompt:
    """Return the last message as the instruction, the ones before it as context. Raises BadRow unless it is the user's."""
    if not messages or messages[-1].role != "user":
        raise BadRow(f"{field} must end with a message of the user")
    *earlier, last = messages
    return Prompt(last.text, _transcript(earlier))


def prompt_of_text(field: str, text: str) -> Prompt:
    """Return a prompt that is kept as text also where it is a JSON list of messages; such a list is read as messages."""
    if text.lstrip().startswith("["):
        try:
            messages = parse_json(text)
            if is_message_list(messages):
                return prompt_of(field, read_messages(field, messages))
        except BadRow:
            return Prompt(text, None)
    return Prompt(text, None)


def conversation_of(field: str, messages: Sequence[Message]) -> Conversation:
    """Return a list of messages as turns and answers.

    User and assistant taking turns up to an answer are turns with an answer each, several messages of the user alone are
    turns. Of any other list the last message of the user is the one turn, and earlier talk is context. Raises BadRow for a
    list in which nothing is asked.
    """
    opening = list(takewhile(lambda message: message.role == "system", messages))
    talk = messages[len(opening) :]
    asked, answers = talk[::2], talk[1::2]
    if talk and len(asked) == len(answers) and _are(asked, "user") and _are(answers, "assistant"):
        return Conversation(_texts(asked), _transcript(opening), _texts(answers))
    if talk and _are(talk, "user"):
        return Conversation(_texts(talk), _transcript(opening), ())
    last = _texts(messages[-1:]) if talk and talk[-1].role == "assistant" else ()
    prompt = prompt_of(field, messages[: len(messages) - len(last)])
    return Conversation((prompt.instruction,), prompt.context, last)


def _are(messages: Sequence[Message], role: str) -> bool:
    return all(message.role == role for message in messages)


def _texts(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(message.text for message in messages)


def _transcript(messages: Sequence[Message]) -> str | None:
    """Return earlier messages as one text: a lone system prompt as it is, a conversation with its roles named."""
    if not messages:
        return None
    if len(messages) == 1 and messages[0].role == "system":
        return messages[0].text
    return "\n\n".join(f"{message.role}: {message.text}" for message in messages)


def answer_of(field: str, messages: Sequence[Message]) -> str:
    """Return the text of the one message of the assistant that an answer consists of. Raises BadRow otherwise."""
    if len(messages) != 1 or messages[0].role != "assistant":
        roles = ", ".join(message.role for message in messages) or "none"
        raise BadRow(f"{field} must be one answer of the assistant after the prompt; its messages: {roles}")
    return messages[0].text
