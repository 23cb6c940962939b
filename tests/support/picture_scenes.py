"""Every screen of the app as a scene: on which database, opened how, and the keys that lead there."""

from dataclasses import dataclass, field

from uphold.workflows.review_opening import ReviewOptions
from uphold_tui.themes import ASCII, PLAIN, Signs

OPEN = ReviewOptions()

BLIND = ReviewOptions(blind=True, open_share=0.0)


@dataclass(frozen=True, slots=True)
class Scene:
    """`presses` are keys; besides, `!` decides against the judge, `@KEY` goes to that pair, `"text` types it.

    `@KEY/2` goes to the pair of that turn, `^text` pastes a text, `~step` does a step of picture_troubles.py.

    Opened with `options` on the run of that number; the start screen without one.
    `theme` takes the place of the one that pictures are drawn in; `no_color` sets NO_COLOR.
    """

    data: str
    presses: tuple[str, ...] = ()
    options: ReviewOptions | None = OPEN
    run: int = 1
    reviewer: str = "mira"
    hold: str = "never"
    judging: bool = False
    checkpoint: bool = False
    signs: Signs = PLAIN
    theme: str | None = None
    no_color: bool = False
    sizes: tuple[tuple[int, int], ...] = field(default=((120, 36), (80, 24), (200, 60)))


_MET_AGAIN = ("@desk-0020",)

SCENES: dict[str, Scene] = {
    "open": Scene("read"),
    "overturned": Scene("read", ("!", *_MET_AGAIN)),
    "upheld": Scene("read", ("enter", *_MET_AGAIN)),
    "after-override": Scene("read", ("!",)),
    "held": Scene("read", ("!",), hold="override"),
    "word-diff": Scene("read", ("d",)),
    "markdown": Scene("coding", ("@code-02/1", "m")),
    "reference": Scene("states", ("@plain", "R"), run=2),
    "names": Scene("read", ("v",)),
    "whole": Scene("read", ("+",)),
    "comment": Scene("read", ("c", '"invents a phone number, that is worse than stiff')),
    "raw": Scene("read", ("r",)),
    "reasons": Scene("read", ("!", *_MET_AGAIN, "w")),
    "find": Scene("read", ("/", '"refund')),
    "found": Scene("read", ("/", '"refund', "enter")),
    "command": Scene("read", (":", '"the')),
    "command-report": Scene("read", (":", '"report')),
    "command-shell": Scene("read", (":", '"gate', "enter")),
    "help": Scene("read", ("?",)),
    "guidelines": Scene("states", ("I",), run=2),
    "no-guidelines": Scene("read", ("I",)),
    "tour": Scene("desk", ("?", "t")),
    "tour-last": Scene("desk", ("?", "t", "enter", "enter", "enter", "enter")),
    "leaving": Scene("read", ("enter", "!", "enter", "t", "4", "b", "b", "a", "s", "q")),
    "leaving-blind": Scene("desk", ("a", "enter", "b", "enter", "a", "enter", "t", "enter", "a", "enter", "q"), BLIND),
    "stacked": Scene("read", ("o",)),
    "one-pane": Scene("read", ("tab",)),
    "tiny": Scene("read", sizes=((56, 16), (40, 12))),
    "low": Scene("read", sizes=((120, 24),)),
    "turns": Scene("coding", ("@code-02/2",)),
    "turns-unfolded": Scene("coding", ("@code-02/2", "p")),
    "mt": Scene("mt_bench"),
    "blind": Scene("desk", (), BLIND),
    "blind-after": Scene("desk", ("a",), BLIND),
    "blind-other": Scene("desk", ("b",), BLIND),
    "blind-open": Scene("desk", ("enter", "a"), ReviewOptions(blind=True, open_share=1.0)),
    "blind-numbers": Scene("desk", ("i",), BLIND),
    "panel": Scene("pandalm"),
    "panel-agree": Scene("pandalm", ("right", "right", "right")),
    "dispute": Scene("disputed", (), ReviewOptions(queue="disputed"), reviewer="ada"),
    "dispute-three": Scene("pandalm", (), ReviewOptions(queue="disputed"), reviewer="ada"),
    "dispute-settled": Scene("pandalm", ("a", "left"), ReviewOptions(queue="disputed"), reviewer="ada"),
    "no-dispute": Scene("desk", (), ReviewOptions(queue="disputed")),
    "workbench": Scene("workbench", ("i", "W")),
    "workbench-draft": Scene("workbench", ("i", "W", "n", '"A warm tone is no merit.', "enter")),
    "workbench-pairs": Scene("workbench", ("i", "W", "tab", "j")),
    "workbench-reasons": Scene("workbench", ("i", "W", "w", "j")),
    "workbench-versions": Scene("workbench", ("i", "W", "V", "j")),
    "workbench-read": Scene("read", ("i", "W")),
    "standing": Scene("standing", ("i", "s")),
    "standing-other": Scene("standing", ("i", "s", "tab")),
    "standing-lapsed": Scene("lapsed", ("i", "s")),
    "standing-none": Scene("read", ("i", "s")),
    "list": Scene("read", ("l",)),
    "list-filters": Scene("read", ("l", "F")),
    "list-filtered": Scene("read", ("l", "tab", "tab")),
    "list-searching": Scene("read", ("l", "/", '"refund')),
    "list-found": Scene("read", ("l", "/", '"refund', "enter")),
    "list-none": Scene("read", ("l", "/", '"xylophone', "enter")),
    "list-marks": Scene("several", ("l", "space", "space", "down", "space"), None),
    "list-states": Scene("states", ("@flagged", "f", "@broken", "x", "@plain", "s", "l"), run=2),
    "list-turns": Scene("coding", ("l",)),
    "list-panda": Scene("pandalm", ("l",)),
    "list-help": Scene("read", ("l", "?")),
    "numbers": Scene("read", ("i",)),
    "numbers-tags": Scene("several", ("down", "down", "down", "down", "i", "t"), None),
    "numbers-history": Scene("several", ("down", "down", "down", "down", "i"), None),
    "numbers-few": Scene("few", ("i",)),
    "numbers-none": Scene("desk", ("i",), reviewer="nobody"),
    "numbers-unjudged": Scene("unjudged", ("i",)),
    "numbers-panda": Scene("pandalm", ("i",)),
    "numbers-mt": Scene("mt_bench", ("i",)),
    "numbers-help": Scene("read", ("i", "?")),
    "numbers-disputed": Scene("disputed", ("i",)),
    "numbers-wrong": Scene("read", ("i", "e")),
    "numbers-wrong-panda": Scene("pandalm", ("i", "e")),
    "home": Scene("several", (), None),
    "home-panda": Scene("pandalm", (), None),
    "home-empty": Scene("empty", (), None),
    "home-help": Scene("several", ("?",), None),
    "home-who": Scene("several", ("w",), None),
    "home-command": Scene("several", (":",), None),
    "set": Scene("curated", ("E",), None),
    "set-retired": Scene("curated", ("E", "down", "down", "down", "down", "down"), None),
    "set-writing": Scene("curated", ("E", "down", "enter"), None),
    "set-new": Scene("curated", ("E", "n", '"Write the reply.'), None),
    "set-stale": Scene("curated", ("E", "enter", '"Angrily: ', "escape"), None),
    "set-tags": Scene("curated", ("E", "space", "space", "#", "1"), None),
    "set-health": Scene("curated", ("E", "h"), None),
    "set-alike": Scene("curated", ("E", "d"), None),
    "set-answers": Scene("curated", ("E", "a"), None),
    "set-systems": Scene("curated", ("E", "s"), None),
    "set-texts": Scene("curated", ("E", "I"), None),
    "set-retire": Scene("curated", ("E", "D"), None),
    "set-help": Scene("curated", ("E", "?"), None),
    "set-reviewed": Scene("curated", ("E",)),
    "set-proposals": Scene("proposed", ("E", "P", "enter"), None),
    "set-proposal-edited": Scene("proposed", ("E", "P", "e"), None),
    "set-proposals-done": Scene("proposed", ("E", "P", "enter", "x", "x", "enter"), None),
    "set-pool": Scene("curated", ("E", "P"), None),
    "set-versions": Scene("versioned", ("E", "V"), None),
    "set-versions-back": Scene("versioned", ("E", "V", "G", "V"), None),
    "set-empty": Scene("empty", ("e", '"support-desk', "enter", "enter"), None),
    "set-name": Scene("empty", ("e",), None),
    "import-files": Scene("files", ("I",), None),
    "import-completed": Scene("files", ("I", '"answ', "tab"), None),
    "import-missing": Scene("files", ("I", '"nowhere.csv', "enter"), None),
    "import-pasted": Scene("files", ("I", "^answers.csv\nscores.jsonl"), None),
    "import-columns": Scene("files", ("I", '"answers.csv', "enter"), None),
    "import-taken": Scene("files", ("I", '"answers.csv', "enter", "enter"), None),
    "import-field": Scene("files", ("I", '"answers.csv', "enter", "enter", "G", "enter"), None),
    "import-set": Scene("files", ("I", '"answers.csv', "enter", "enter", "down", "enter"), None),
    "import-words": Scene("files", ("I", '"rated-in-german.jsonl', "enter"), None),
    "import-refused": Scene("files", ("I", '"answers-broken.jsonl', "enter"), None),
    "import-encoding": Scene("files", ("I", '"windows.csv', "enter"), None),
    "import-scores": Scene("files", ("I", '"scores.jsonl', "enter"), None),
    "import-progress": Scene("files", ("I", '"pairs.jsonl', "enter", "~importing"), None),
    "import-done": Scene("files", ("I", '"answers.csv', "enter", "enter", "enter"), None),
    "import-help": Scene("files", ("I", '"answers.csv', "enter", "enter", "?"), None),
    "hand-on": Scene("read", ("i", "x")),
    "hand-on-pack": Scene("read", ("i", "x", "up")),
    "leaving-lost": Scene("read", ("~lost", "a", "q")),
    "not-saved-lost": Scene("read", ("~lost", "a")),
    "not-saved-locked": Scene("read", ("~locked", "a")),
    "ascii": Scene("read", ("!", *_MET_AGAIN), signs=ASCII),
    "ascii-list": Scene("states", ("@flagged", "f", "@broken", "x", "@plain", "s", "l"), run=2, signs=ASCII),
    "ascii-set": Scene("curated", ("E",), None, signs=ASCII),
    "no-color": Scene("read", ("!", *_MET_AGAIN), no_color=True),
    "no-color-home": Scene("several", (), None, no_color=True),
    "no-color-set": Scene("curated", ("E", "h"), None, no_color=True),
    "sixteen": Scene("read", ("!", *_MET_AGAIN), theme="ansi-dark"),
    "sixteen-home": Scene("several", (), None, theme="ansi-dark"),
    "sixteen-set": Scene("curated", ("E", "h"), None, theme="ansi-dark"),
    "sixteen-import": Scene("files", ("I", '"answers.csv', "enter", "enter"), None, theme="ansi-dark"),
    "judging-choose": Scene("several", ("j",), None),
    "judging-ask": Scene("several", ("j", "down", "down", "down", "enter"), None),
    "judging": Scene("several", (), None, judging=True),
    "judging-paused": Scene("several", ("p",), None, judging=True),
    "judging-help": Scene("several", ("?",), None, judging=True),
    "new-checkpoint": Scene("checkpoints", ("c", "r"), None, checkpoint=True),
    "judging-cap": Scene("several", ("$",), None, judging=True),
    "checkpoints": Scene("checkpoints", ("c",), None),
    "checkpoints-lost": Scene("checkpoints", ("c", "down", "enter"), None),
    "checkpoints-both": Scene("checkpoints", ("c", "down", "enter", "enter"), None),
    "checkpoints-compare": Scene("checkpoints", ("c", "down", "space", "down", "space", "down", "space", "c"), None),
    "checkpoints-blessed": Scene("checkpoints", ("c", "down", "down"), None),
    "checkpoints-none": Scene("several", ("c",), None),
    "checkpoints-bless": Scene("checkpoints", ("c", "b"), None),
    "checkpoints-new": Scene("checkpoints", ("c", "r"), None),
    "checkpoints-help": Scene("checkpoints", ("c", "?"), None),
    "state-tie": Scene("states", ("@equal",), run=2),
    "state-both-bad": Scene("states", ("@equal", "4", "@equal"), run=2),
    "state-inconsistent": Scene("states", ("@inconsistent",), run=2),
    "state-decided": Scene("states", ("@inconsistent", "b", "@inconsistent"), run=2),
    "state-unreadable": Scene("states", ("@unreadable",), run=2),
    "state-failed": Scene("states", ("@failed",), run=2),
    "state-failed-raw": Scene("states", ("@failed", "r"), run=2),
    "state-unjudged": Scene("states", ("@unjudged",), run=2),
    "state-empty": Scene("states", ("@empty",), run=2),
    "state-broken": Scene("states", ("@broken", "x", "@broken"), run=2),
    "state-skipped": Scene("states", ("@plain", "s", "@plain"), run=2),
    "state-flagged": Scene("states", ("@flagged", "c", '"ask legal', "enter", "f"), run=2),
    "state-carried": Scene("states", ("@carried",), run=2),
}
