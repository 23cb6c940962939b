"""Makes untrusted text safe to print: control and bidirectional characters are replaced by visible signs."""

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))

_VISIBLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **{code: f"⟨U+{code:04X}⟩" for code in _BIDI},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_ONE_LINE: dict[int, str] = {**_VISIBLE, 0x0A: "\u240a", 0x09: "\u2409", 0x2028: "\u240a", 0x2029: "\u240a"}


def terminal_safe(text: str) -> str:
    """Return text with control, bidi and lone surrogate characters replaced by visible signs; newline and tab stay."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def one_line(text: str) -> str:
    """Return `terminal_safe` text for names and table cells: newlines and tabs are replaced by signs too."""
    return text.replace("\r\n", "\n").translate(_ONE_LINE)
