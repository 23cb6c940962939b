"""Finds the packaged sample sets and copies one into a database for `uphold demo`."""

from importlib import resources
from pathlib import Path

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.records.runs import Run
from uphold.store import runs, sets
from uphold.store.database import Store
from uphold.workflows.importing import ImportRequest, import_files


def samples() -> list[Path]:
    """Return the files of the sample sets: in the package, or at the top of a checkout."""
    packaged = Path(str(resources.files("uphold"))) / "sample_sets"
    folder = packaged if packaged.is_dir() else Path(__file__).parents[3] / "sample_sets"
    return sorted(folder.glob("*.jsonl"))


def find_sample(name: str) -> Path:
    """Return the file of a sample set; raises BadUsage with the known names if there is none."""
    found = samples()
    for path in found:
        if path.stem == name:
            return path
    raise BadUsage(f"there is no sample set {name!r}; sample sets: {', '.join(path.stem for path in found) or 'none'}")


def demo_path(name: str, *, fresh: bool = False) -> Path:
    """Return the database of a demo in the user's data folder: the latest one, or with `fresh` the path of a new one.

    Raises BadUsage for a sample set that does not exist, or if the data folder cannot be written.
    """
    stem, folder = find_sample(name).stem, _demo_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadUsage(f"{folder}: cannot be made ({error.strerror}); name a file for the demo with --db") from error
    last = _last_demo(folder, stem)
    return folder / f"{stem}-{last + 1 if fresh else max(last, 1)}.db"


def has_begun_demo(name: str) -> bool:
    """Whether `uphold demo` has made a database for a sample set, with which it goes on."""
    return _last_demo(_demo_folder(), name) > 0


def _demo_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("uphold") / "demo"


def _last_demo(folder: Path, stem: str) -> int:
    """Return the number of the latest demo of a sample set, 0 where there is none."""
    suffixes = (path.stem.removeprefix(f"{stem}-") for path in folder.glob(f"{stem}-*.db"))
    return max((int(suffix) for suffix in suffixes if suffix.isdecimal()), default=0)


def open_demo(store: Store, name: str) -> Run:
    """Return the run of a sample set in a database, which is imported into one that holds no set yet.

    Once it is there the database may hold anything else too. Raises BadUsage where only other sets are in it.
    """
    path = find_sample(name)
    there = next((run for run in runs.all_runs(store) if run.set == name), None)
    if there is not None:
        return there
    others = [row.name for row in sets.set_rows(store) if row.name != name]
    if others:
        raise BadUsage(f"{store.path}: holds other sets already ({', '.join(others)}); name a new file with --db")
    for update in import_files(store, ImportRequest([path], format="pairs", set=name)):
        if isinstance(update, ImportSummary) and not update.rows:
            raise BadUsage(f"{path}: the sample set is empty")
    return runs.all_runs(store)[0]
