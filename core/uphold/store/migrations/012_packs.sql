-- Packs: files with a run for somebody else to review, and files that were merged back.

-- a run that was packed; in the pack itself the row has is_here = 1, and last_event is the seq of the last event that came with it.
-- `token` is the same in both files, `reviewer` the name it was made for. A share is part `part` of `parts` disjoint ones, and
-- `overlap` pairs that every part has
CREATE TABLE packs (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    is_here INTEGER NOT NULL CHECK (is_here IN (0, 1)),
    mode TEXT NOT NULL CHECK (mode IN ('open', 'blind')),
    reviewer TEXT,
    part INTEGER NOT NULL DEFAULT 1 CHECK (part BETWEEN 1 AND parts),
    parts INTEGER NOT NULL DEFAULT 1,
    overlap INTEGER NOT NULL DEFAULT 0 CHECK (overlap >= 0),
    last_event INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX packs_run ON packs(run_id);
CREATE UNIQUE INDEX packs_here ON packs(is_here) WHERE is_here = 1;

-- the pairs that were packed; none in the pack itself, which has no others
CREATE TABLE pack_pairs (
    pack_id INTEGER NOT NULL REFERENCES packs(id),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    PRIMARY KEY (pack_id, pair_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pack_pairs_pair ON pack_pairs(pair_id);

-- files whose reviews were merged; `token` is that of a pack, null for any other file
CREATE TABLE merges (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    token TEXT,
    added INTEGER NOT NULL,
    known INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- the events that a merge brought
CREATE TABLE merged_events (
    event_id TEXT PRIMARY KEY REFERENCES events(id),
    merge_id INTEGER NOT NULL REFERENCES merges(id)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_events_merge ON merged_events(merge_id);
