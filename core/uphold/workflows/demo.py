"""sample set -> store: what `uphold demo` opens."""

from importlib import resources
from pathlib import Path

from uphold.errors import BadUsage
from uphold.records.rows import ImportSummary
from uphold.records.runs import Run
from uphold.store import runs, sets
from uphold.store.database import Store
from uphold.workflows.importing import ImportRequest, import_files


def samples() -> list[Path]:
    """The packaged sample sets: in the wheel beside the package, in a checkout at its top."""
    packaged = Path(str(resources.files("uphold"))) / "sample_sets"
    folder = packaged if packaged.is_dir() else Path(__file__).parents[3] / "sample_sets"
    return sorted(folder.glob("*.jsonl"))


def find_sample(name: str) -> Path:
    """The file of a sample set; raises BadUsage with the names there are."""
    found = samples()
    for path in found:
        if path.stem == name:
            return path
    raise BadUsage(f"there is no sample set {name!r}; sample sets: {', '.join(path.stem for path in found) or 'none'}")


def demo_path(name: str, *, fresh: bool = False) -> Path:
    """Where a demo is kept between two evenings: the last one begun, or with `fresh` a new one beside it.

    Raises BadUsage for a sample set that does not exist, or where the user's data folder cannot be written.
    """
    from platformdirs import user_data_path

    stem, folder = find_sample(name).stem, user_data_path("uphold") / "demo"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadUsage(f"{folder}: cannot be made ({error.strerror}); name a file for the demo with --db") from error
    endings = (path.stem.removeprefix(f"{stem}-") for path in folder.glob(f"{stem}-*.db"))
    last = max((int(ending) for ending in endings if ending.isdecimal()), default=0)
    return folder / f"{stem}-{last + 1 if fresh else max(last, 1)}.db"


def open_demo(store: Store, name: str) -> Run:
    """Copy a sample set into a database that holds nothing else, and name its run; a second time changes nothing."""
    path = find_sample(name)
    others = [row.name for row in sets.set_rows(store) if row.name != name]
    if others:
        raise BadUsage(f"{store.path}: holds other sets already ({', '.join(others)}); name a new file with --db")
    if sets.set_rows(store):
        return runs.all_runs(store)[0]
    for told in import_files(store, ImportRequest([path], format="pairs", set=name)):
        if isinstance(told, ImportSummary) and not told.rows:
            raise BadUsage(f"{path}: the sample set is empty")
    return runs.all_runs(store)[0]
