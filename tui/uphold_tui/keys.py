"""All keys of the app as data: bindings, help and footers are made from these tables.

A key's id (`review.a`) is its name in the user's own key map; keys are shown as they are remapped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

KeyMap = Mapping[str, str]
"""The user's own keys, separated by commas, by key id."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its action, called `word` in footers and `help` in the list of keys.

    Neighbours of one `group` with the same `help` share a line there; a key without `help` is not listed.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    word: str
    help: str = ""
    group: str = ""


REVIEW: tuple[Key, ...] = (
    Key("review.uphold", ("enter",), "uphold", "uphold", "uphold the judge", "Decide"),
    Key("review.a", ("a", "1"), "decide('a')", "A better", "A is better", "Decide"),
    Key("review.b", ("b", "2"), "decide('b')", "B better", "B is better", "Decide"),
    Key("review.tie", ("t", "3"), "decide('tie')", "tie", "tie, both good", "Decide"),
    Key("review.both_bad", ("4",), "decide('both-bad')", "both bad", "both bad", "Decide"),
    Key("review.skip", ("s",), "skip", "skip", "skip, comes back", "Decide"),
    Key("review.broken", ("x",), "broken", "broken", "broken: in no count", "Decide"),
    Key("review.undo", ("u", "z"), "undo", "undo", "undo", "Decide"),
    Key("review.redo", ("ctrl+r",), "redo", "redo", "redo", "Decide"),
    Key("review.comment", ("c",), "comment", "comment", "comment", "Add"),
    Key("review.why", ("w",), "why", "why", "why: reasons", "Add"),
    Key("review.flag", ("f",), "flag", "flag", "flag", "Add"),
    Key("review.copy", ("y",), "copy", "copy", "copy; again: a part", "Add"),
    Key("review.select", ("V",), "select", "select lines", "select lines, y copies", "Add"),
    Key("review.save_elsewhere", ("S",), "save_elsewhere", "save elsewhere", "save elsewhere", "Add"),
    Key("review.down", ("j", "down"), "scroll(1)", "down", "scroll", "Read"),
    Key("review.up", ("k", "up"), "scroll(-1)", "up", "scroll", "Read"),
    Key("review.page", ("space", "pagedown"), "page(1)", "page", "page", "Read"),
    Key("review.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Read"),
    Key("review.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Read"),
    Key("review.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Read"),
    Key("review.top", ("g", "home"), "ends(False)", "top", "top, end", "Read"),
    Key("review.end", ("G", "end"), "ends(True)", "end", "top, end", "Read"),
    Key("review.pane", ("tab",), "panes('alone')", "other pane", "one pane, other", "Read"),
    Key("review.apart", ("=",), "panes('apart')", "scroll apart", "scroll apart", "Read"),
    Key("review.zoom", ("+",), "panes('zoom')", "zoom", "instruction, or pane", "Read"),
    Key("review.stacked", ("o",), "panes('stacked')", "stacked", "stacked", "Read"),
    Key("review.earlier", ("p",), "read('earlier')", "earlier turns", "earlier turns", "Read"),
    Key("review.markdown", ("m",), "read('markdown')", "markdown", "markdown or raw", "Read"),
    Key("review.diff", ("d",), "read('diff')", "word diff", "word diff", "Read"),
    Key("review.reference", ("R",), "read('reference')", "reference", "words of reference", "Read"),
    Key("review.find", ("/",), "find", "find", "find in the run", "Read"),
    Key("review.unfind", ("escape",), "unfind", "end search", "end the search", "Read"),
    Key("review.change", ("n",), "change(1)", "next change", "next, previous match", "Read"),
    Key("review.change_back", ("N",), "change(-1)", "previous change", "next, previous match", "Read"),
    Key("review.next", ("right", "J"), "go(1)", "next", "next", "Move"),
    Key("review.previous", ("left", "K"), "go(-1)", "previous", "previous", "Move"),
    Key("review.unread", ("U",), "unread", "next unread", "next unread", "Move"),
    Key("review.pairs", ("l",), "pairs", "pairs", "list of pairs", "Move"),
    Key("review.filter", ("F",), "filter", "filter", "list, filtered", "Move"),
    Key("review.figures", ("i",), "numbers", "numbers", "numbers", "Show"),
    Key("review.edit_set", ("E",), "edit_set", "eval set", "its example in the set", "Show"),
    Key("review.guidelines", ("I",), "guidelines", "guidelines", "guidelines of the set", "Show"),
    Key("review.names", ("v",), "read('names')", "names", "names of the systems", "Show"),
    Key("review.raw", ("r",), "raw", "raw answers", "judge's raw answers", "Show"),
    Key("review.pager", ("e",), "pager", "open", "open in pager, editor", "Show"),
    Key("review.command", (":", "ctrl+p"), "command", "command", "any command, a number", "Show"),
    Key("review.help", ("?",), "help", "all keys", "this", "Show"),
    Key("review.back", ("q",), "back", "back", "back", "Show"),
    Key("review.quit", ("Q",), "leave", "quit", "quit", "Show"),
)

HOME: tuple[Key, ...] = (
    Key("home.open", ("enter",), "open", "review", "review this run, open this set", "Runs"),
    Key("home.judge", ("j",), "judge", "judge", "have this run judged", "Runs"),
    Key("home.down", ("down",), "move(1)", "down", "down, up", "Runs"),
    Key("home.up", ("up",), "move(-1)", "up", "down, up", "Runs"),
    Key("home.top", ("g", "home"), "ends(False)", "top", "first, last", "Runs"),
    Key("home.end", ("G", "end"), "ends(True)", "end", "first, last", "Runs"),
    Key("home.figures", ("i",), "numbers", "numbers", "numbers of this run", "Runs"),
    Key("home.pairs", ("l",), "pairs", "pairs", "list of its pairs", "Runs"),
    Key("home.checkpoints", ("c",), "checkpoints", "checkpoints", "checkpoints of its set", "Runs"),
    Key("home.who", ("w",), "who", "reviewer", "who reviews", "Runs"),
    Key("home.demo", ("d",), "demo", "demo", "try it on the demo", "Runs"),
    Key("home.import", ("I",), "import_file", "import", "import a file", "Runs"),
    Key("home.new_set", ("e",), "new_set", "new set", "write an eval set", "Sets"),
    Key("home.edit_set", ("E",), "edit_set", "eval set", "open the set of this run", "Sets"),
    Key("home.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("home.help", ("?",), "help", "all keys", "this", "Show"),
    Key("home.quit", ("q",), "quit", "quit", "quit", "Show"),
    Key("home.leave", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

EVAL_SET: tuple[Key, ...] = (
    Key("set.edit", ("enter",), "edit", "edit", "write in its fields", "Example"),
    Key("set.escape", ("escape",), "escape", "done", "done; in the list: show all again", "Example"),
    Key("set.new", ("n",), "new", "new", "new example", "Example"),
    Key("set.duplicate", ("Y",), "duplicate", "copy as new", "a copy as a new example", "Example"),
    Key("set.editor", ("e",), "editor", "open in editor", "the whole in your editor", "Example"),
    Key("set.add_turn", ("ctrl+t",), "add_turn", "add a turn", "in a field: add a turn", "Example"),
    Key("set.reference", ("r",), "edit('reference')", "reference", "write the reference", "Example"),
    Key("set.answers", ("a",), "answers", "answers", "answers; one as reference", "Example"),
    Key("set.tags", ("#", "t"), "tags", "tag", "tags, also of the marked", "Example"),
    Key("set.retire", ("D",), "retire", "retire", "retire, with a reason", "Example"),
    Key("set.activate", ("A",), "activate", "active", "restore, or draft to active", "Example"),
    Key("set.draft", ("O",), "draft", "draft", "make it a draft", "Example"),
    Key("set.mark", ("space",), "mark", "mark", "mark", "Example"),
    Key("set.copy", ("y",), "copy", "copy", "copy its key", "Example"),
    Key("set.undo", ("u", "z"), "undo", "undo", "undo, also after a restart", "Example"),
    Key("set.down", ("j", "down"), "move(1)", "down", "down, up", "List"),
    Key("set.up", ("k", "up"), "move(-1)", "up", "down, up", "List"),
    Key("set.page", ("pagedown", "J"), "page(1)", "page", "page", "List"),
    Key("set.page_back", ("pageup", "K"), "page(-1)", "page", "page", "List"),
    Key("set.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "List"),
    Key("set.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "List"),
    Key("set.top", ("g", "home"), "ends(False)", "top", "first, last", "List"),
    Key("set.end", ("G", "end"), "ends(True)", "end", "first, last", "List"),
    Key("set.only", ("tab",), "next(1)", "next filter", "next filter, or field", "List"),
    Key("set.only_back", ("shift+tab",), "next(-1)", "filter before", "next filter, or field", "List"),
    Key("set.filter", ("F",), "filter", "by tag", "filter by tag", "List"),
    Key("set.find", ("/",), "find", "find", "find", "List"),
    Key("set.order", ("o",), "order", "order", "next order", "List"),
    Key("set.check", ("C",), "check", "check", "check the set", "Health"),
    Key("set.health", ("h",), "health", "health", "to its lines, enter goes there", "Health"),
    Key("set.alike", ("d",), "alike", "alike", "two alike, side by side", "Health"),
    Key("set.texts", ("I",), "texts", "guidelines", "purpose and guidelines", "Set"),
    Key("set.systems", ("s",), "systems", "systems", "systems; a first run", "Set"),
    Key("set.proposals", ("P",), "proposals", "proposals", "proposals from logs", "Set"),
    Key("set.versions", ("V",), "versions", "versions", "versions, and what differs", "Set"),
    Key("set.command", (":", "ctrl+p"), "command", "command", "any command", "Set"),
    Key("set.help", ("?",), "help", "all keys", "this", "Set"),
    Key("set.back", ("q",), "back", "back", "back", "Set"),
    Key("set.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Set"),
)

PROPOSALS: tuple[Key, ...] = (
    Key("proposals.take", ("enter",), "take", "take", "take it", "Proposal"),
    Key("proposals.leave", ("x",), "leave", "leave", "leave it out", "Proposal"),
    Key("proposals.edit", ("e",), "edit", "edit first", "write in it; esc takes it so", "Proposal"),
    Key("proposals.tags", ("#", "t"), "tags", "tags", "tags that it is to have", "Proposal"),
    Key("proposals.undo", ("u", "z"), "undo", "undo", "undo, also after a restart", "Proposal"),
    Key("proposals.escape", ("escape",), "escape", "done", "done with writing; stop reading", "Proposal"),
    Key("proposals.next", ("]", "right"), "go(1)", "next", "next, previous", "Move"),
    Key("proposals.previous", ("[", "left"), "go(-1)", "previous", "next, previous", "Move"),
    Key("proposals.field", ("tab",), "next(1)", "next field", "in a field: the next, the one before", "Move"),
    Key(
        "proposals.field_back",
        ("shift+tab",),
        "next(-1)",
        "field before",
        "in a field: the next, the one before",
        "Move",
    ),
    Key("proposals.down", ("j", "down"), "scroll(1)", "down", "scroll", "Read"),
    Key("proposals.up", ("k", "up"), "scroll(-1)", "up", "scroll", "Read"),
    Key("proposals.page", ("space", "pagedown"), "page(1)", "page", "page", "Read"),
    Key("proposals.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Read"),
    Key("proposals.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Read"),
    Key("proposals.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Read"),
    Key("proposals.unfold", ("p",), "read('unfolded')", "unfold", "what came before it, and its answer", "Read"),
    Key("proposals.plain", ("d",), "read('plain')", "all words alike", "shared words muted, or not", "Read"),
    Key("proposals.propose", ("P",), "propose", "propose", "propose from a pool", "Show"),
    Key("proposals.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("proposals.help", ("?",), "help", "all keys", "this", "Show"),
    Key("proposals.back", ("q",), "back", "back", "back; what was taken counts then", "Show"),
    Key("proposals.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

VERSIONS: tuple[Key, ...] = (
    Key(
        "versions.open",
        ("enter",),
        "open",
        "the difference alone",
        "the difference alone, or the list again",
        "Versions",
    ),
    Key("versions.mark", ("space",), "mark", "mark", "mark", "Versions"),
    Key("versions.compare", ("c",), "compare", "compare", "compare with the marked one, or no more", "Versions"),
    Key("versions.bring_back", ("V",), "bring_back", "bring back", "bring it back as a new one", "Versions"),
    Key("versions.judge", ("J",), "judge", "judge again", "judge what no judge has read", "Versions"),
    Key("versions.undo", ("u", "z"), "undo", "undo", "undo bringing back", "Versions"),
    Key("versions.down", ("j", "down"), "move(1)", "down", "down, up", "Move"),
    Key("versions.up", ("k", "up"), "move(-1)", "up", "down, up", "Move"),
    Key("versions.top", ("g", "home"), "ends(False)", "top", "latest, first", "Move"),
    Key("versions.end", ("G", "end"), "ends(True)", "end", "latest, first", "Move"),
    Key("versions.page", ("pagedown", "]"), "page(1)", "page", "page the difference", "Move"),
    Key("versions.page_back", ("pageup", "["), "page(-1)", "page back", "page the difference", "Move"),
    Key("versions.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Move"),
    Key("versions.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Move"),
    Key("versions.escape", ("escape",), "escape", "back to the list", "list again; compare no more", "Move"),
    Key("versions.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("versions.help", ("?",), "help", "all keys", "this", "Show"),
    Key("versions.back", ("q",), "back", "back", "back", "Show"),
    Key("versions.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

FILES: tuple[Key, ...] = (
    Key("files.open", ("enter",), "open", "open", "import this file, open this folder", "Files"),
    Key("files.complete", ("tab",), "complete", "complete", "complete the path", "Files"),
    Key("files.down", ("down",), "move(1)", "down", "down, up", "Files"),
    Key("files.up", ("up",), "move(-1)", "up", "down, up", "Files"),
    Key("files.page", ("pagedown",), "page(1)", "page", "page", "Files"),
    Key("files.page_back", ("pageup",), "page(-1)", "page back", "page", "Files"),
    Key("files.help", ("f1",), "help", "all keys", "this", "Show"),
    Key("files.back", ("escape",), "back", "back", "back", "Show"),
)
"""Keys beside a field for a path: none that types a character."""

IMPORT: tuple[Key, ...] = (
    Key("import.open", ("enter",), "open", "import", "import; on another row: change it", "Import"),
    Key("import.go", ("I",), "go", "import", "import, from any row", "Import"),
    Key("import.change", ("e",), "change", "change", "change this row", "Import"),
    Key("import.next", ("right",), "cycle(1)", "next", "take it for the next, the one before", "Import"),
    Key("import.previous", ("left",), "cycle(-1)", "previous", "take it for the next, the one before", "Import"),
    Key("import.undo", ("u", "z"), "undo", "undo", "undo the last change", "Import"),
    Key("import.down", ("down",), "move(1)", "down", "down, up", "Import"),
    Key("import.up", ("up",), "move(-1)", "up", "down, up", "Import"),
    Key("import.top", ("g", "home"), "ends(False)", "top", "first, last", "Import"),
    Key("import.end", ("G", "end"), "ends(True)", "end", "first, last", "Import"),
    Key("import.page", ("space", "pagedown"), "page(1)", "page", "page", "Import"),
    Key("import.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Import"),
    Key("import.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Import"),
    Key("import.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Import"),
    Key("import.judge", ("j",), "judge", "judge", "afterwards: have it judged", "Import"),
    Key("import.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("import.help", ("?",), "help", "all keys", "this", "Show"),
    Key("import.stop", ("escape",), "stop", "back", "back; while it goes on: stop, nothing is written", "Show"),
    Key("import.back", ("q",), "back", "back", "back", "Show"),
    Key("import.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

JUDGING: tuple[Key, ...] = (
    Key("judging.open", ("enter",), "open", "review what is judged", "begin; then: review what is judged", "Judging"),
    Key("judging.pause", ("p",), "pause", "pause", "pause, go on", "Judging"),
    Key("judging.stop", ("s",), "stop", "stop", "stop; what is in flight comes back", "Judging"),
    Key("judging.again", ("a",), "again", "another judge", "choose a judge again, after the end", "Judging"),
    Key("judging.faster", ("+",), "pace(1)", "faster", "more, fewer at a time", "Judging"),
    Key("judging.slower", ("-",), "pace(-1)", "slower", "more, fewer at a time", "Judging"),
    Key("judging.cap", ("$",), "cap", "cap", "what it may cost", "Judging"),
    Key("judging.down", ("j", "down"), "move(1)", "down", "down, up", "Show"),
    Key("judging.up", ("k", "up"), "move(-1)", "up", "down, up", "Show"),
    Key("judging.raw", ("r",), "raw", "raw answer", "raw answers of this pair", "Show"),
    Key("judging.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("judging.help", ("?",), "help", "all keys", "this", "Show"),
    Key("judging.back", ("q", "escape"), "back", "back, it goes on", "back, it goes on", "Show"),
    Key("judging.quit", ("Q",), "quit", "quit", "quit; what is in flight comes back", "Show"),
)

PAIRS: tuple[Key, ...] = (
    Key("browse.open", ("enter",), "open", "open", "open in the review", "Pairs"),
    Key("browse.down", ("j", "down", "n"), "move(1)", "down", "down, up", "Pairs"),
    Key("browse.up", ("k", "up", "N"), "move(-1)", "up", "down, up", "Pairs"),
    Key("browse.page", ("pagedown", "J"), "page(1)", "page", "page", "Pairs"),
    Key("browse.page_back", ("pageup", "K"), "page(-1)", "page back", "page", "Pairs"),
    Key("browse.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Pairs"),
    Key("browse.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Pairs"),
    Key("browse.top", ("g", "home"), "ends(False)", "top", "first, last", "Pairs"),
    Key("browse.end", ("G", "end"), "ends(True)", "end", "first, last", "Pairs"),
    Key("browse.mark", ("space",), "mark", "mark", "mark", "Pairs"),
    Key("browse.review", ("R",), "review", "review marked", "review the marked", "Pairs"),
    Key("browse.flag", ("f",), "flag", "flag", "flag", "Pairs"),
    Key("browse.copy", ("y",), "copy", "copy", "copy its key", "Pairs"),
    Key("browse.only", ("tab",), "next_filter(1)", "next filter", "next filter, previous", "Narrow"),
    Key("browse.only_back", ("shift+tab",), "next_filter(-1)", "filter before", "next filter, previous", "Narrow"),
    Key("browse.filter", ("F",), "filter", "filter", "all filters", "Narrow"),
    Key("browse.tag", ("#", "t"), "tag", "by tag", "filter by tag", "Narrow"),
    Key("browse.find", ("/",), "find", "find", "find", "Narrow"),
    Key("browse.order", ("o",), "order", "order", "next order", "Narrow"),
    Key("browse.clear", ("escape",), "clear", "all", "all pairs again", "Narrow"),
    Key("browse.numbers", ("i",), "numbers", "numbers", "numbers", "Show"),
    Key("browse.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("browse.help", ("?",), "help", "all keys", "this", "Show"),
    Key("browse.back", ("q",), "back", "back", "back", "Show"),
    Key("browse.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

NUMBERS: tuple[Key, ...] = (
    Key("figures.open", ("enter",), "open", "open", "the pairs behind a number", "Numbers"),
    Key("figures.move", ("j", "down", "right"), "move(1)", "next", "next, previous number", "Numbers"),
    Key("figures.move_back", ("k", "up", "left"), "move(-1)", "previous", "next, previous number", "Numbers"),
    Key("figures.page", ("space", "pagedown"), "page(1)", "page", "page", "Numbers"),
    Key("figures.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Numbers"),
    Key("figures.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Numbers"),
    Key("figures.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Numbers"),
    Key("figures.judge", ("tab",), "judge", "next judge", "next judge", "Numbers"),
    Key("figures.pin", ("p",), "pin", "pin judge", "pin this judge to the set, or unpin", "Numbers"),
    Key("figures.tags", ("t",), "tags", "by tag", "by tag, or history", "Numbers"),
    Key("figures.history", ("h",), "history", "history", "history", "Numbers"),
    Key("figures.next", ("w",), "next", "what to read next", "what to read next", "Show"),
    Key("figures.export", ("x",), "hand_on", "hand on", "hand on: a report, or the pairs", "Show"),
    Key("figures.pairs", ("l",), "pairs", "pairs", "list of pairs", "Show"),
    Key("figures.checkpoints", ("c",), "checkpoints", "checkpoints", "checkpoints of the set", "Show"),
    Key("figures.workbench", ("W",), "workbench", "workbench", "workbench: a better judge", "Show"),
    Key("figures.standing", ("s",), "standing", "standing", "standing: what is certified of the judge", "Show"),
    Key("figures.wrong", ("e",), "wrong", "where it is wrong", "where the judge is wrong", "Show"),
    Key("figures.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("figures.help", ("?",), "help", "all keys", "this", "Show"),
    Key("figures.back", ("q",), "back", "back", "back", "Show"),
    Key("figures.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

WRONG: tuple[Key, ...] = (
    Key("wrong.open", ("enter",), "open", "its pairs", "the pairs of a part", "Numbers"),
    Key("wrong.move", ("j", "down"), "move(1)", "next", "next, previous part", "Numbers"),
    Key("wrong.move_back", ("k", "up"), "move(-1)", "previous", "next, previous part", "Numbers"),
    Key("wrong.page", ("space", "pagedown"), "page(1)", "page", "page", "Numbers"),
    Key("wrong.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Numbers"),
    Key("wrong.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Numbers"),
    Key("wrong.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Numbers"),
    Key("wrong.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("wrong.help", ("?",), "help", "all keys", "this", "Show"),
    Key("wrong.back", ("q",), "back", "back", "back", "Show"),
    Key("wrong.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

CHECKPOINTS: tuple[Key, ...] = (
    Key(
        "checkpoints.open",
        ("enter",),
        "open",
        "lost examples",
        "lost examples; there: old and new answer",
        "Checkpoints",
    ),
    Key(
        "checkpoints.escape",
        ("escape",),
        "escape",
        "to the checkpoints",
        "back to the checkpoints; no marks",
        "Checkpoints",
    ),
    Key("checkpoints.only", ("tab",), "won", "won, lost", "the won ones, the lost ones", "Checkpoints"),
    Key("checkpoints.bless", ("b",), "bless", "bless", "bless it, with a note", "Checkpoints"),
    Key("checkpoints.mark", ("space",), "mark", "mark", "mark", "Checkpoints"),
    Key("checkpoints.compare", ("c",), "compare", "compare", "compare the marked, or with the blessed", "Checkpoints"),
    Key("checkpoints.run", ("r",), "run_checkpoint", "run", "run a new checkpoint", "Checkpoints"),
    Key("checkpoints.down", ("j", "down"), "move(1)", "down", "down, up", "Move"),
    Key("checkpoints.up", ("k", "up"), "move(-1)", "up", "down, up", "Move"),
    Key("checkpoints.page", ("pagedown", "J"), "page(1)", "page", "page", "Move"),
    Key("checkpoints.page_back", ("pageup", "K"), "page(-1)", "page back", "page", "Move"),
    Key("checkpoints.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Move"),
    Key("checkpoints.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Move"),
    Key("checkpoints.top", ("g", "home"), "ends(False)", "top", "first, last", "Move"),
    Key("checkpoints.end", ("G", "end"), "ends(True)", "end", "first, last", "Move"),
    Key("checkpoints.figures", ("i",), "numbers", "numbers", "numbers of this run", "Show"),
    Key("checkpoints.pairs", ("l",), "pairs", "pairs", "list of its pairs", "Show"),
    Key("checkpoints.hand_on", ("x",), "hand_on", "hand on", "hand on: a report (of all marked), or its pairs", "Show"),
    Key("checkpoints.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("checkpoints.help", ("?",), "help", "all keys", "this", "Show"),
    Key("checkpoints.back", ("q",), "back", "back", "back", "Show"),
    Key("checkpoints.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

NEW_CHECKPOINT: tuple[Key, ...] = (
    Key("new.open", ("enter",), "open", "review", "review what changed; or try again", "Checkpoints"),
    Key("new.flips", ("F",), "flips", "the flips only", "the flips only", "Checkpoints"),
    Key("new.review", ("R",), "review", "review", "review what changed, in any case", "Checkpoints"),
    Key("new.again", ("a",), "again", "try again", "try again what is left", "Checkpoints"),
    Key("new.pause", ("p",), "pause", "pause", "pause, go on", "Judging"),
    Key("new.stop", ("s",), "stop", "stop", "stop; what is in flight comes back", "Judging"),
    Key("new.faster", ("+",), "pace(1)", "faster", "more, fewer at a time", "Judging"),
    Key("new.slower", ("-",), "pace(-1)", "slower", "more, fewer at a time", "Judging"),
    Key("new.cap", ("$",), "cap", "cap", "the most it may cost", "Judging"),
    Key("new.figures", ("i",), "numbers", "numbers", "numbers", "Show"),
    Key("new.pairs", ("l",), "pairs", "pairs", "list of pairs", "Show"),
    Key("new.checkpoints", ("c",), "checkpoints", "checkpoints", "checkpoints of the set", "Show"),
    Key("new.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("new.help", ("?",), "help", "all keys", "this", "Show"),
    Key("new.back", ("q",), "back", "back, it goes on", "back; the work goes on", "Show"),
    Key("new.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

STANDING: tuple[Key, ...] = (
    Key("standing.drift", ("C",), "drift", "check drift", "check the judge for drift", "Standing"),
    Key("standing.test", ("L",), "test", "test anew", "test a judge on locked pairs, once", "Standing"),
    Key("standing.judge", ("tab",), "judge", "next judge", "next judge", "Standing"),
    Key("standing.pairs", ("l",), "pairs", "its pairs", "the pairs of the test", "Standing"),
    Key("standing.stop", ("escape",), "stop", "stop", "stop asking; what was asked is kept", "Standing"),
    Key("standing.down", ("j", "down"), "scroll(1)", "down", "scroll", "Read"),
    Key("standing.up", ("k", "up"), "scroll(-1)", "up", "scroll", "Read"),
    Key("standing.page", ("space", "pagedown"), "page(1)", "page", "page", "Read"),
    Key("standing.page_back", ("-", "pageup"), "page(-1)", "page back", "page", "Read"),
    Key("standing.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Read"),
    Key("standing.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Read"),
    Key("standing.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("standing.help", ("?",), "help", "all keys", "this", "Show"),
    Key("standing.back", ("q",), "back", "back", "back; asking goes on", "Show"),
    Key("standing.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

WORKBENCH: tuple[Key, ...] = (
    Key("workbench.open", ("enter",), "open", "try", "try it; on a pair: open it", "Judge"),
    Key("workbench.test", ("L",), "test", "test on the locked half", "test it on the locked half, once", "Judge"),
    Key("workbench.keep", ("S",), "keep", "keep", "keep it as a version", "Judge"),
    Key("workbench.stop", ("escape",), "escape", "stop", "stop asking; back to the rubric", "Judge"),
    Key("workbench.new", ("n",), "new", "new clause", "write a clause", "Rubric"),
    Key("workbench.reasons", ("w",), "reasons", "from your reasons", "a clause from a reason that was given", "Rubric"),
    Key("workbench.toggle", ("space",), "turn", "on or off", "a clause on or off", "Rubric"),
    Key("workbench.edit", ("e", "E"), "edit", "edit", "edit a clause", "Rubric"),
    Key("workbench.show", ("x",), "show", "show it a pair", "show it a decision, or no more", "Rubric"),
    Key("workbench.undo", ("u", "z"), "undo", "undo", "undo the last change of the draft", "Rubric"),
    Key("workbench.down", ("j", "down"), "move(1)", "down", "down, up", "Move"),
    Key("workbench.up", ("k", "up"), "move(-1)", "up", "down, up", "Move"),
    Key("workbench.page", ("pagedown",), "page(1)", "page", "page", "Move"),
    Key("workbench.page_back", ("pageup",), "page(-1)", "page back", "page", "Move"),
    Key("workbench.half_page", ("ctrl+d",), "page(0.5)", "half a page", "half a page", "Move"),
    Key("workbench.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page back", "half a page", "Move"),
    Key("workbench.pane", ("tab",), "pane", "pairs", "the pairs, the rubric", "Move"),
    Key("workbench.tries", ("h",), "tries", "tries", "tries by now", "Show"),
    Key("workbench.versions", ("V",), "versions", "versions", "versions: read, compare, go back", "Show"),
    Key("workbench.command", (":", "ctrl+p"), "command", "command", "any command", "Show"),
    Key("workbench.help", ("?",), "help", "all keys", "this", "Show"),
    Key("workbench.back", ("q",), "back", "back", "back; asking goes on", "Show"),
    Key("workbench.quit", ("Q",), "app.quit_app", "quit", "quit from any screen", "Show"),
)

OVERLAY: tuple[Key, ...] = (
    Key("overlay.down", ("j", "down"), "scroll(1)", "scroll"),
    Key("overlay.up", ("k", "up"), "scroll(-1)", "scroll"),
    Key("overlay.page", ("space", "pagedown"), "page(1)", "page"),
    Key("overlay.page_back", ("-", "pageup"), "page(-1)", "page"),
    Key("overlay.half_page", ("ctrl+d",), "page(0.5)", "half a page"),
    Key("overlay.half_page_back", ("ctrl+u",), "page(-0.5)", "half a page"),
    Key("overlay.close", ("escape", "q", "enter"), "close", "close"),
)

SCREENS: Mapping[str, tuple[Key, ...]] = {
    "The review": REVIEW,
    "The start screen": HOME,
    "Choosing a file to import": FILES,
    "An import": IMPORT,
    "The list of pairs": PAIRS,
    "The numbers": NUMBERS,
    "Where a judge is wrong": WRONG,
    "The eval set": EVAL_SET,
    "Proposals": PROPOSALS,
    "Versions of a set": VERSIONS,
    "Judging": JUDGING,
    "The checkpoints": CHECKPOINTS,
    "A new checkpoint": NEW_CHECKPOINT,
    "The workbench": WORKBENCH,
    "Standing": STANDING,
    "Pages over a screen": OVERLAY,
}
"""The tables of all screens, by their headings in docs/keys.md."""

_LABELS = {"right": "→", "left": "←", "up": "↑", "down": "↓", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}

_USUAL = {"down", "up", "pagedown", "pageup", "home", "end"}
"""Keys that everybody expects and that need not be listed beside a letter."""


def bindings(table: Iterable[Key], *, first: bool = False) -> list[BindingType]:
    """Return Textual bindings for a table of keys, none of them shown by Textual's own footer.

    With `first` they have priority over those of the widget that has the focus.
    """
    return [
        Binding(
            ",".join(_textual_name(key) for key in entry.keys),
            entry.action,
            entry.help or entry.word,
            show=False,
            priority=first,
            id=entry.id,
        )
        for entry in table
    ]


def _textual_name(key: str) -> str:
    """Return Textual's name of a key; there a comma separates keys."""
    return "comma" if key == "," else key


def own_keys(keymap: KeyMap, key_id: str) -> tuple[str, ...]:
    """Return the user's own keys for an id of their key map."""
    return tuple(key.strip() for key in keymap[key_id].split(","))


def remapped(table: Iterable[Key], keymap: KeyMap) -> tuple[Key, ...]:
    """Return the table with the user's own keys in place of the default ones.

    A key that the user gives to another entry is taken from the one that it belongs to by default.
    """
    entries = tuple(table)
    taken = {key for entry in entries if entry.id in keymap for key in own_keys(keymap, entry.id)}
    return tuple(
        replace(entry, keys=own_keys(keymap, entry.id))
        if entry.id in keymap
        else replace(entry, keys=tuple(key for key in entry.keys if key not in taken))
        for entry in entries
    )


def label(entry: Key) -> str:
    """Return the first key of an entry as footers show it; of one without a key, the key that finds it by name."""
    first = entry.keys[0] if entry.keys else ":"
    return _LABELS.get(first, first)


def labels(entry: Key) -> tuple[str, ...]:
    """Return the keys of an entry as the list of keys shows them; arrows that double a letter are left out."""
    shown = [key for key in entry.keys if key not in _USUAL] or list(entry.keys) or [":"]
    return tuple(_LABELS.get(key, key) for key in shown)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line of the list of keys."""

    group: str
    keys: tuple[str, ...]
    text: str


def id_lines(table: Iterable[Key]) -> list[HelpLine]:
    """Return the table as lines of help that say by which id each key is remapped."""
    return [HelpLine(entry.group, labels(entry), entry.id) for entry in table if entry.help]


def help_lines(table: Iterable[Key]) -> list[HelpLine]:
    """Return the table as lines of help; neighbours with the same text share one."""
    lines: list[HelpLine] = []
    for entry in table:
        if lines and (lines[-1].group, lines[-1].text) == (entry.group, entry.help):
            lines[-1] = HelpLine(entry.group, lines[-1].keys + labels(entry), entry.help)
        elif entry.help:
            lines.append(HelpLine(entry.group, labels(entry), entry.help))
    return lines
