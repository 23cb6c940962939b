"""Rows whose texts are lists of chat messages, turned into rows of the pairs format that are texts.

`messages`, `conversations`, `prompt`, `instruction` or `turns` may be a list of messages. System prompts become the context.
A list that ends with the user's message is a prompt: its last message is asked, earlier talk is context. A list that ends
with the assistant's is a system's talk: the user's messages are the turns, the assistant's its answers.
"""

from collections.abc import Sequence
from typing import Any

from uphold.formats.fields import read_text
from uphold.formats.messages import Message, answer_of, conversation_of, is_message_list, read_messages
from uphold.formats.reading import BadRow

_MESSAGE_FIELDS = ("messages", "conversations", "prompt", "instruction", "turns")
"""Fields that may hold a conversation; the first one that does is read."""

_ANSWER_FIELDS = ("response_candidate", "response_baseline", "response")
"""Fields that may hold an answer as a message, or as a list of one."""

_SYSTEM_FIELDS = ("system", "model")


def with_plain_texts(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with texts in place of messages; the record itself if it has none. Raises BadRow.

    The answers of a conversation become `response` where the row names its system, else `response_candidate`.
    """
    plain = record
    for field in _ANSWER_FIELDS:
        value = record.get(field)
        if type(value) is dict and "role" in value:
            value = [value]
        if type(value) is list and is_message_list(value):
            plain = plain | {field: answer_of(field, read_messages(field, value))}
    for field in _MESSAGE_FIELDS:
        value = record.get(field)
        if type(value) is list and is_message_list(value):
            return _without_conversation(plain, field, read_messages(field, value))
    return plain


def _without_conversation(record: dict[str, Any], field: str, messages: Sequence[Message]) -> dict[str, Any]:
    plain = {name: value for name, value in record.items() if name != field}
    given = next((name for name in ("instruction", "turns") if plain.get(name) is not None), None)
    if given is not None:
        raise BadRow(f"both {field} and {given} are there; keep one of them")
    found = conversation_of(field, messages)
    contexts = [text for text in (read_text(plain, "context"), found.context) if text is not None]
    if contexts:
        plain["context"] = "\n\n".join(contexts)
    plain |= {"turns": list(found.turns)} if len(found.turns) > 1 else {"instruction": found.turns[0]}
    if found.answers:
        own = "response" if any(plain.get(name) for name in _SYSTEM_FIELDS) else "response_candidate"
        if plain.get(own) is not None:
            raise BadRow(f"{field} ends with an answer, and {own} gives another; keep one of them")
        plain[own] = list(found.answers) if len(found.answers) > 1 else found.answers[0]
    return plain
