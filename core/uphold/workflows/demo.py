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
    from platformdirs import user_data_path

    stem, folder = find_sample(name).stem, user_data_path("uphold") / "demo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadUsage(f"{folder}: cannot be made ({error.strerror}); name a file for the demo with --db") from error
    suffixes = (path.stem.removeprefix(f"{stem}-") for path in folder.glob(f"{stem}-*.db"))
    last = max((int(suffix) for suffix in suffixes if suffix.isdecimal()), default=0)
    return folder / f"{stem}-{last + 1 if fresh else max(last, 1)}.db"


def open_demo(store: Store, name: str) -> Run:
    """Import a sample set into a database that holds no other set, unless it is there already; return its run."""
    path = find_sample(name)
    others = [row.name for row in sets.set_rows(store) if row.name != name]
    if others:
        raise BadUsage(f"{store.path}: holds other sets already ({', '.join(others)}); name a new file with --db")
    if sets.set_rows(store):
        return runs.all_runs(store)[0]
    for update in import_files(store, ImportRequest([path], format="pairs", set=name)):
        if isinstance(update, ImportSummary) and not update.rows:
            raise BadUsage(f"{path}: the sample set is empty")
    return runs.all_runs(store)[0]
