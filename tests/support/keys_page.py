"""docs/keys.md, made from the tables of keys: `python tests/support/keys_page.py > docs/keys.md`."""

import sys
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from uphold_tui.keys import SCREENS, Key

_HEAD = """\
# Keys

`?` shows the keys of a screen in the app. This page is made from `tui/uphold_tui/keys.py`; do not edit it by hand.

A key is changed in `uphold.toml`, here or in your config folder, by the id in the last column; `i` in the app's list of keys
shows the ids too. Several keys are separated by commas; the keys given replace the default ones. What is refused is in
[settings.md](settings.md).

```toml
[keys]
"review.tie" = "t,0"
"review.both_bad" = "4,9"
"review.b" = "l,2"
"review.pairs" = "L"
```

`:` finds every command by name and takes a number or a key to go to that pair; `: blind on`, `: blind off`, `: plan 60`, themes
and the reviewer's name have no key of their own. In lists a number typed before a key counts: `5j` moves by five rows, `12G`
goes to the twelfth.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *(_table(heading, table) for heading, table in SCREENS.items())])


def _table(heading: str, table: Sequence[Key]) -> str:
    shared = Counter(entry.help for entry in table)
    rows = [f"## {heading}", "", "| | key | does | id |", "| --- | --- | --- | --- |"]
    for group, entries in groupby(table, lambda entry: entry.group):
        for at, entry in enumerate(entries):
            pressed = " ".join(f"`{key}`" for key in entry.keys)
            words = entry.help if entry.help and shared[entry.help] == 1 else entry.word
            rows.append(
                f"| {'' if at else group} | {pressed} | {'the keys' if words == 'this' else words} | `{entry.id}` |"
            )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
