"""The options of an import, and options suggested for a file that was refused."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

WordMaps = Mapping[str, Mapping[str, str]]
"""By field, the word of the format that a word of the file stands for."""


@dataclass(frozen=True, slots=True)
class ImportSuggestion:
    """Options that would take a file which was refused; those left empty stay as they were given."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    words: WordMaps = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    set: str | None = None
    format: str | None = None
    update: bool = False
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import and how; names as on the command line.

    `mapping` is field -> column, `systems` is system -> column of its answers, `words` the words of the file for
    verdicts and decisions, `left_out` the columns that are known to be left out. `system` is the one whose
    answers or scores the files are, for formats that name none. `default_set`: the set is the project's and was not named
    for these files, so that benchmarks do not go into it. `program` and `further` are what stands
    before and after the rest in the command line that messages name.
    """

    paths: Sequence[Path]
    format: str | None = None
    set: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    candidate: str | None = None
    baseline: str | None = None
    baseline_file: Path | None = None
    update: bool = False
    skip_bad: bool = False
    systems: Mapping[str, str] = field(default_factory=dict)
    words: WordMaps = field(default_factory=dict)
    left_out: Sequence[str] = ()
    encoding: str | None = None
    system: str | None = None
    default_set: bool = False
    program: Sequence[str] = ("uphold",)
    further: Sequence[str] = ()

    def with_suggestion(self, suggestion: ImportSuggestion) -> "ImportRequest":
        """Return the request with the suggested options beside those that were given."""
        words = {name: {**self.words.get(name, {}), **more} for name, more in suggestion.words.items()}
        return replace(
            self,
            mapping={**self.mapping, **suggestion.mapping},
            systems={**self.systems, **suggestion.systems},
            words={**self.words, **words},
            candidate=suggestion.candidate or self.candidate,
            baseline=suggestion.baseline or self.baseline,
            set=suggestion.set or self.set,
            format=suggestion.format or self.format,
            update=self.update or suggestion.update,
            encoding=suggestion.encoding or self.encoding,
        )

    def taking(self, column: str, field: str | None, system: str | None = None) -> "ImportRequest":
        """Return the request that takes a column for a field of the format, or for the answers of a `system`.

        With neither the column is left out. Another column that the field, or the system, was taken from loses it.
        """
        mapping = {name: source for name, source in self.mapping.items() if source != column and name != field}
        systems = {name: source for name, source in self.systems.items() if source != column and name != system}
        left_out = [name for name in self.left_out if name != column]
        if system is not None:
            systems[system] = column
        elif field is not None:
            mapping[field] = column
        else:
            left_out.append(column)
        return replace(self, mapping=mapping, systems=systems, left_out=tuple(left_out))

    def command(self) -> str:
        """Return the command line of the request, quoted for a shell."""
        return shlex.join([*self.program, "import", *self._arguments(), *self.further])

    def _arguments(self) -> Iterator[str]:
        paths = [str(path) for path in self.paths]
        # An option is not taken for a path, and the other way round.
        yield from (f"./{path}" if path.startswith("-") else path for path in paths)
        yield from _given(("--as", self.format), ("--set", self.set), ("--encoding", self.encoding))
        for name, column in self.mapping.items():
            yield from ("--map", f"{name}={column}")
        if self.systems:
            yield from ("--systems", systems_text(self.systems))
        for name, words in self.words.items():
            for word, meaning in words.items():
                yield from ("--map-value", f"{name}:{word}={meaning}")
        for column in self.left_out:
            yield from ("--leave-out", column)
        yield from _given(("--candidate", self.candidate), ("--baseline", self.baseline), ("--system", self.system))
        yield from _given(("--baseline-file", self.baseline_file))
        yield from (option for option, on in (("--update", self.update), ("--skip-bad", self.skip_bad)) if on)


def _given(*options: tuple[str, object]) -> Iterator[str]:
    for option, value in options:
        if value is not None:
            yield from (option, str(value))


def systems_text(systems: Mapping[str, str]) -> str:
    """Return systems and their columns as `--systems` takes them: `base,sft=SFT output`."""
    return ",".join(
        _quoted(system) if system == column else f"{_quoted(system)}={_quoted(column)}"
        for system, column in systems.items()
    )


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")


def read_systems(text: str) -> dict[str, str]:
    """Return system -> column of a text such as `base,sft=SFT output`; a backslash keeps `,`, `=` and itself as they are.

    Raises ValueError, naming the part, for a name that is empty or stands twice.
    """
    found: dict[str, str] = {}
    for part in _split(text, ","):
        names = [_unquoted(name) for name in _split(part, "=")]
        if len(names) > 2 or not all(names) or names[0] in found:
            raise ValueError(part)
        found[names[0]] = names[-1]
    return found


def _split(text: str, separator: str) -> list[str]:
    """Split at separators that no backslash precedes; the backslashes stay."""
    parts, escaped = [""], False
    for character in text:
        if character == separator and not escaped:
            parts.append("")
        else:
            parts[-1] += character
        escaped = character == "\\" and not escaped
    return [part.strip() for part in parts]


def _unquoted(name: str) -> str:
    text, escaped = "", False
    for character in name:
        if character == "\\" and not escaped:
            escaped = True
        else:
            text, escaped = text + character, False
    return text
