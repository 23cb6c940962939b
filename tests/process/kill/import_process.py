"""An import that says how far it is and waits a little each time, so that it can be killed between its rows.

`import_process.py DATABASE FILE`
"""

import sys
import time
from pathlib import Path

from uphold.store.database import open_store
from uphold.workflows.importing import ImportProgress, ImportRequest, import_files

if __name__ == "__main__":
    with open_store(Path(sys.argv[1]), create=True) as store:
        for told in import_files(store, ImportRequest([Path(sys.argv[2])])):
            sys.stdout.write(f"reading {told.rows}\n" if isinstance(told, ImportProgress) else "whole\n")
            sys.stdout.flush()
            time.sleep(0.02)
