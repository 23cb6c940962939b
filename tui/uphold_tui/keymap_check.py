"""Checks the user's own keys, the table [keys] of uphold.toml: ids, names of keys, and keys that are given twice."""

from collections.abc import Iterator
from difflib import get_close_matches

from uphold.errors import BadUsage
from uphold_tui.keys import SCREENS, Key, KeyMap, own_keys

_MODIFIERS = ("ctrl+", "shift+", "alt+", "super+", "hyper+", "meta+")

_KEYS_PAGE = "docs/keys.md lists the ids, and so does ? on a screen"


def check_keymap(keymap: KeyMap) -> None:
    """Raise BadUsage for an id that does not exist, a key that does not, or one that is given to two entries of a screen."""
    known = {entry.id: entry for table in SCREENS.values() for entry in table}
    for key_id in keymap:
        if key_id not in known:
            raise BadUsage(f"[keys]: there is no id {key_id!r}{_nearest(key_id, list(known))}; {_KEYS_PAGE}")
        for key in own_keys(keymap, key_id):
            _check_key(key_id, key)
    for table in SCREENS.values():
        _check_given_twice(table, keymap)


def lost_keys(keymap: KeyMap) -> Iterator[str]:
    """Yield a sentence for each default key that the user has given to another entry of its screen."""
    for table in SCREENS.values():
        owner = {key: entry for entry in table if entry.id in keymap for key in own_keys(keymap, entry.id)}
        for entry in table:
            if entry.id in keymap:
                continue
            for key in entry.keys:
                if key in owner:
                    yield f"{key} is {owner[key].word} now ({owner[key].id}), no longer {entry.word} ({entry.id})"


def _nearest(key_id: str, known: list[str]) -> str:
    """Return the id that was probably meant: one that is written alike, or that has the same last word."""
    alike = get_close_matches(key_id, known, 1, 0.6)
    last = key_id.rpartition(".")[2]
    same = [one for one in known if one.rpartition(".")[2] == last]
    nearest = next(iter([*alike, *same, *get_close_matches(key_id, known, 1, 0.3)]), None)
    return f'; the nearest is "{nearest}"' if nearest is not None else ""


def _check_key(key_id: str, key: str) -> None:
    """Raise BadUsage where there is no key of this name."""
    from textual.keys import Keys

    plain = key
    while plain.startswith(_MODIFIERS):
        plain = plain.partition("+")[2]
    if len(plain) == 1 or plain == "comma" or plain in {one.value for one in Keys}:
        return
    if not key:
        raise BadUsage(f'[keys]: "{key_id}" has an empty key; keys stand between commas, as in "t,0"')
    better = key.replace("-", "+") if "-" in key else key.lower()
    hint = f"; is it {better!r}?" if better != key else ""
    raise BadUsage(
        f'[keys]: "{key_id}": there is no key {key!r}{hint}; a key is a character or a name such as f5, space, ctrl+d'
    )


def _check_given_twice(table: tuple[Key, ...], keymap: KeyMap) -> None:
    """Raise BadUsage where the user gives one key to two entries of a screen."""
    given: dict[str, str] = {}
    for entry in table:
        for key in own_keys(keymap, entry.id) if entry.id in keymap else ():
            if key in given and given[key] != entry.id:
                raise BadUsage(
                    f'[keys]: {key} is given to "{given[key]}" and to "{entry.id}" of the same screen; '
                    "give one of them another key"
                )
            given[key] = entry.id
