"""Exports a run or a set as a bundle: everything that `uphold import` needs to bring it back in another database."""

import contextlib
from collections.abc import Callable, Iterator

from uphold.formats.writers.bundle import example_line, fact_line, header_line, pair_line
from uphold.records.bundles import BundleHeader
from uphold.records.exports import ExportCounts
from uphold.records.runs import Run
from uphold.records.set_files import FILE_SETTINGS, SetHeader
from uphold.records.sets import SettingKind
from uphold.records.training_data import TrainingUse
from uphold.store import bundles, examples, exports, reviews, sets
from uphold.store.database import Store
from uphold.store.training_exports import training_use


class BundleExport:
    """What of a database goes into a bundle; read within one snapshot.

    Runs on whose pairs decisions were made that were carried to a run come with it: `more_runs` are their names. `tell` is
    called with the number of pairs written and of all pairs.
    """

    def __init__(self, store: Store, run: str | None, set_name: str | None) -> None:
        self._store = store
        chosen = exports.runs_to_export(store, run, set_name)
        self.set_id = chosen[0].set_id if chosen else sets.find_set(store, set_name or "")
        runs: list[Run] = bundles.with_origins(store, chosen)
        self.more_runs = [one.name for one in runs if one not in chosen]
        self._source = bundles.BundleSource(store, runs)
        self.counts = ExportCounts(omitted=self._source.omitted)
        self.lost_origins = self._source.lost_origins
        self.tell: Callable[[int, int], None] | None = None

    def training_use(self) -> TrainingUse:
        """Return the training files that were made of the set."""
        return training_use(self._store, self.set_id)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the bundle, each with its line end."""
        number, kept = examples.kept_examples(self._store, self.set_id)
        yield header_line(self._header(number))
        yield from map(example_line, kept)
        yield from map(fact_line, self._source.runs)
        for number, answers in enumerate(self._source.pairs()):
            if self.tell is not None:
                self.tell(number, len(self._source))
            self.counts.write()
            yield pair_line(answers, self._source.runs[answers.pair.run])
        yield from map(fact_line, self._source.facts())

    def _header(self, number: int) -> BundleHeader:
        name, seed = sets.name_and_seed(self._store, self.set_id)
        settings = sets.settings_of(self._store, self.set_id)
        chosen = {kind: settings.get(kind.value) for kind in FILE_SETTINGS}
        header = SetHeader(name, seed, chosen, number, sets.set_hash(self._store, self.set_id))
        pin, reasons = settings.get(SettingKind.JUDGE.value), reviews.reason_keys(self._store, self.set_id)
        return BundleHeader(header, pin, reasons, self._source.reviewers)


@contextlib.contextmanager
def open_bundle_export(store: Store, run: str | None, set_name: str | None) -> Iterator[BundleExport]:
    """Open the export of a run, or of a set with its runs, that reads one state of the database.

    Raises BadUsage for a run or set that does not exist.
    """
    with exports.snapshot(store):
        yield BundleExport(store, run, set_name)
