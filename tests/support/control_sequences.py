"""What a stream of bytes makes a terminal do: the kinds of control sequences in it, whatever stands between them."""

import re

_PARTS = re.compile(
    r"\x1b\[(?P<given>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<number>[^;\x07\x1b\x9c]*)(?P<rest>[^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b(?P<string>[PX^_])[^\x1b]*(?:\x1b\\)?"
    r"|\x1b(?P<escape>[ -/]*[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff])"
)

_PLACING = frozenset("mABCDEFGHJKLMPSTX@dfrb")
"""Final letters whose numbers say only where or how; of all others the numbers are part of the kind."""


def kinds(stream: bytes) -> set[str]:
    """The kinds of control sequences, controls and bidi controls; bytes that are no UTF-8 are a kind of their own."""
    found = set()
    for part in _PARTS.finditer(stream.decode("utf-8", "surrogateescape")):
        named = {name: value for name, value in part.groupdict().items() if value is not None}
        if "final" in named:
            private = named["given"].lstrip("0123456789;:")[:1] or named["given"][:1].strip("0123456789;:")
            numbers = private if named["final"] in _PLACING else named["given"]
            found.add(f"CSI {numbers}{named['between']}{named['final']}")
        elif "number" in named:
            found.add(f"OSC {named['number']}")
        elif "string" in named or "escape" in named:
            found.add(f"ESC {named.get('string', named.get('escape', ''))}")
        elif named["control"] >= "\ud800":
            found.add("no UTF-8")
        else:
            found.add(f"U+{ord(named['control']):04X}")
    return found
