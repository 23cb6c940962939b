-- Eval sets as data: acts of curation that can be taken back, versions, proposals from pools, texts that were forgotten.

-- what somebody did to a set, taken back as a whole; an undo is an act that names the one it takes back. `detail` is a JSON object
-- with what of the act stands in no other table: names before and after a rename, a seed that an import replaced
CREATE TABLE set_acts (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    kind TEXT NOT NULL CHECK (kind IN ('add', 'edit', 'reference', 'tag', 'retire', 'restore', 'draft', 'activate', 'duplicate',
        'setting', 'import', 'propose', 'take', 'leave', 'bring-back', 'rename', 'undo')),
    reviewer_id INTEGER REFERENCES reviewers(id),
    target_id INTEGER REFERENCES set_acts(id),
    detail TEXT CHECK (detail IS NULL OR json_valid(detail)),
    created_at TEXT NOT NULL,
    CHECK ((kind = 'undo') = (target_id IS NOT NULL))
) STRICT;
CREATE INDEX set_acts_set ON set_acts(set_id, id);
CREATE INDEX set_acts_target ON set_acts(target_id) WHERE target_id IS NOT NULL;

-- the act that a fact is part of; null for the facts of `uphold import`
ALTER TABLE example_events ADD COLUMN act_id INTEGER REFERENCES set_acts(id);
ALTER TABLE tag_events ADD COLUMN act_id INTEGER REFERENCES set_acts(id);
ALTER TABLE set_events ADD COLUMN act_id INTEGER REFERENCES set_acts(id);
CREATE INDEX example_events_act ON example_events(act_id) WHERE act_id IS NOT NULL;
CREATE INDEX tag_events_act ON tag_events(act_id) WHERE act_id IS NOT NULL;
CREATE INDEX set_events_act ON set_events(act_id) WHERE act_id IS NOT NULL;

-- numbered states of a set; hash is that of its active examples then
CREATE TABLE set_versions (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    number INTEGER NOT NULL CHECK (number >= 1),
    hash TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('judged', 'exported', 'imported', 'edited', 'brought-back')),
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL,
    UNIQUE (set_id, number)
) STRICT;

-- the active examples of a version, each with the text and the reference it had
CREATE TABLE set_members (
    version_id INTEGER NOT NULL REFERENCES set_versions(id),
    example_id INTEGER NOT NULL REFERENCES examples(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    reference_id INTEGER REFERENCES reference_texts(id),
    PRIMARY KEY (version_id, example_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX set_members_example ON set_members(example_id);
CREATE INDEX set_members_text ON set_members(text_id);
CREATE INDEX set_members_reference ON set_members(reference_id) WHERE reference_id IS NOT NULL;

-- the version of its set that a run was judged on; the latest row counts
CREATE TABLE run_versions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    version_id INTEGER NOT NULL REFERENCES set_versions(id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX run_versions_run ON run_versions(run_id, id);
CREATE INDEX run_versions_version ON run_versions(version_id);

-- rows of a pool that were proposed for a set; hash is that of context and turns, answers a JSON object of cells by system.
-- `state` is what pool_events say last, example_id the example it became, near_example_id the nearest one when it was proposed
CREATE TABLE pool_items (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    source TEXT NOT NULL,
    line INTEGER,
    hash TEXT NOT NULL,
    key TEXT,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'taken', 'left', 'withdrawn')),
    reason TEXT NOT NULL,
    near_example_id INTEGER REFERENCES examples(id),
    likeness REAL CHECK (likeness BETWEEN 0 AND 1),
    example_id INTEGER REFERENCES examples(id),
    created_at TEXT NOT NULL,
    tags TEXT NOT NULL CHECK (json_valid(tags)),
    turns TEXT NOT NULL CHECK (json_valid(turns)),
    context TEXT,
    reference TEXT CHECK (reference IS NULL OR json_valid(reference)),
    answers TEXT NOT NULL CHECK (json_valid(answers)),
    UNIQUE (set_id, hash)
) STRICT;
CREATE INDEX pool_items_near ON pool_items(near_example_id) WHERE near_example_id IS NOT NULL;
CREATE INDEX pool_items_example ON pool_items(example_id) WHERE example_id IS NOT NULL;

-- what became of a proposal, each as part of an act; 'withdrawn' takes the proposing itself back
CREATE TABLE pool_events (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES pool_items(id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'taken', 'left', 'withdrawn')),
    act_id INTEGER NOT NULL REFERENCES set_acts(id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX pool_events_item ON pool_events(item_id, id);
CREATE INDEX pool_events_act ON pool_events(act_id);

-- texts that were blanked by `set forget`, with all answers to them; their hashes and what was counted stay
CREATE TABLE forgotten_texts (
    text_id INTEGER PRIMARY KEY REFERENCES texts(id),
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL
) STRICT;

-- examples that are not counted as ever having been added: the latest event takes their addition back
CREATE VIEW withdrawn_examples AS
SELECT last.example_id FROM example_events last JOIN example_events first ON first.id = last.target_id
WHERE last.target_id IS NOT NULL AND last.kind = 'retired' AND first.kind = 'added' AND NOT EXISTS (
    SELECT 1 FROM example_events later WHERE later.example_id = last.example_id AND later.id > last.id
);

-- the versions of each set, with the number of their examples
CREATE VIEW readable_versions AS
SELECT s.name AS set_name, v.number, v.hash, v.why, v.created_at, (
    SELECT count(*) FROM set_members m WHERE m.version_id = v.id
) AS active
FROM set_versions v JOIN sets s ON s.id = v.set_id;

-- the version that each run was judged on last
CREATE VIEW judged_versions AS
SELECT r.id AS run_id, r.name AS run, v.id AS version_id, v.number, v.hash, n.created_at
FROM run_versions n JOIN runs r ON r.id = n.run_id JOIN set_versions v ON v.id = n.version_id
WHERE n.id = (SELECT max(later.id) FROM run_versions later WHERE later.run_id = n.run_id);
