CREATE TABLE about (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    format TEXT NOT NULL,
    files TEXT NOT NULL CHECK (json_valid(files)),
    set_name TEXT NOT NULL,
    summary TEXT NOT NULL CHECK (json_valid(summary))
) STRICT;

CREATE TABLE odd_rows (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports(id),
    place TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;

CREATE TABLE sets (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    purpose TEXT,
    guidelines TEXT,
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    turns TEXT NOT NULL CHECK (json_valid(turns)),
    context TEXT,
    "references" TEXT CHECK (json_valid("references"))
) STRICT;

-- the hash of a text up to each of its turns: what a pair of that turn depends on
CREATE TABLE text_turns (
    text_id INTEGER NOT NULL REFERENCES texts(id),
    turn INTEGER NOT NULL CHECK (turn >= 1),
    prefix TEXT NOT NULL,
    PRIMARY KEY (text_id, turn)
) STRICT, WITHOUT ROWID;

CREATE TABLE examples (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    key TEXT NOT NULL,
    text_id INTEGER NOT NULL REFERENCES texts(id),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'retired')),
    UNIQUE (set_id, key)
) STRICT;

CREATE TABLE example_events (
    id INTEGER PRIMARY KEY,
    example_id INTEGER NOT NULL REFERENCES examples(id),
    kind TEXT NOT NULL CHECK (kind IN ('added', 'edited', 'draft', 'active', 'retired')),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;
CREATE INDEX example_events_example ON example_events(example_id);

CREATE TABLE tags (
    example_id INTEGER NOT NULL REFERENCES examples(id),
    tag TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    PRIMARY KEY (example_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE systems (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    hash TEXT NOT NULL,
    cells TEXT NOT NULL CHECK (json_valid(cells)),
    finish_reason TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    seconds REAL,
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (system_id, text_id, hash)
) STRICT;

-- what became of a response: replaced from a turn on, or (from_turn null) in force again; the latest row counts
CREATE TABLE replacements (
    id INTEGER PRIMARY KEY,
    response_id INTEGER NOT NULL REFERENCES responses(id),
    by_response_id INTEGER NOT NULL REFERENCES responses(id),
    from_turn INTEGER,
    how TEXT NOT NULL CHECK (how IN ('edit', 'update', 'redo')),
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;
CREATE INDEX replacements_response ON replacements(response_id, id);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    candidate_id INTEGER NOT NULL REFERENCES systems(id),
    baseline_id INTEGER NOT NULL REFERENCES systems(id),
    name TEXT NOT NULL UNIQUE,
    seed TEXT NOT NULL,
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (set_id, candidate_id, baseline_id),
    CHECK (candidate_id <> baseline_id)
) STRICT;

CREATE TABLE pairs (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    example_id INTEGER NOT NULL REFERENCES examples(id),
    turn INTEGER NOT NULL CHECK (turn >= 1),
    contents TEXT NOT NULL,
    prefix TEXT NOT NULL,
    text_id INTEGER NOT NULL REFERENCES texts(id),
    candidate_response_id INTEGER NOT NULL REFERENCES responses(id),
    baseline_response_id INTEGER NOT NULL REFERENCES responses(id),
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (run_id, example_id, turn, contents)
) STRICT;
CREATE INDEX pairs_contents ON pairs(contents);

CREATE TABLE judges (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('llm', 'rules', 'imported')),
    definition TEXT NOT NULL CHECK (json_valid(definition)),
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (name, version)
) STRICT;

-- orders and samples asked of a judge in a run; they only grow. Imported judges stand here with 0 samples: nothing is asked of them
CREATE TABLE asked (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    "order" TEXT NOT NULL CHECK ("order" IN ('candidate-first', 'baseline-first', 'none', 'unknown')),
    samples INTEGER NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    PRIMARY KEY (run_id, judge_id, "order")
) STRICT, WITHOUT ROWID;

-- one answer each; at most one in force per pair, judge, order and sample, and a failed one gives way to a settled one
CREATE TABLE judgments (
    id INTEGER PRIMARY KEY,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    "order" TEXT NOT NULL CHECK ("order" IN ('candidate-first', 'baseline-first', 'none', 'unknown')),
    sample INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL CHECK (status IN ('readable', 'unreadable', 'failed')),
    verdict TEXT CHECK (verdict IN ('candidate', 'baseline', 'tie')),
    preference REAL CHECK (preference BETWEEN 0 AND 1),
    confidence REAL CHECK (confidence BETWEEN 0 AND 1),
    reason TEXT,
    raw TEXT,
    problem TEXT,
    prompt_name TEXT,
    fence TEXT,
    stop_reason TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost REAL,
    seconds REAL,
    at TEXT NOT NULL,
    reused_id INTEGER REFERENCES judgments(id),
    superseded_by INTEGER REFERENCES judgments(id),
    import_id INTEGER REFERENCES imports(id),
    CHECK ((status = 'readable') = (verdict IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX judgments_in_force ON judgments(judge_id, pair_id, "order", sample, status, verdict)
    WHERE superseded_by IS NULL;
CREATE UNIQUE INDEX judgments_once ON judgments(pair_id, judge_id, "order", sample) WHERE superseded_by IS NULL;

-- who is asking a judge about what, until when: two processes never ask the same, a dead one's claim lapses
CREATE TABLE claims (
    contents TEXT NOT NULL,
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    "order" TEXT NOT NULL,
    sample INTEGER NOT NULL,
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (contents, judge_id, "order", sample)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviewers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    kind TEXT NOT NULL,
    seed TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (run_id, kind)
) STRICT;

CREATE TABLE queue_items (
    queue_id INTEGER NOT NULL REFERENCES queues(id),
    position INTEGER NOT NULL,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    stratum TEXT NOT NULL,
    weight REAL NOT NULL CHECK (weight > 0),
    key REAL NOT NULL,
    draw INTEGER NOT NULL,
    PRIMARY KEY (queue_id, position),
    UNIQUE (queue_id, pair_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    queue_id INTEGER REFERENCES queues(id),
    judge_id INTEGER REFERENCES judges(id),
    mode TEXT NOT NULL CHECK (mode IN ('open', 'blind')),
    at TEXT NOT NULL
) STRICT;

-- what reviewers said and did; an undo is a new fact that refers to the event it takes back
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'carried', 'skip', 'flag', 'unflag', 'broken', 'unbroken', 'comment', 'undo', 'redo')),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    session_id INTEGER REFERENCES sessions(id),
    choice TEXT CHECK (choice IN ('candidate', 'baseline', 'tie', 'both-bad')),
    note TEXT,
    refers TEXT REFERENCES events(id),
    source TEXT NOT NULL CHECK (source IN ('app', 'import', 'carried')),
    side_a TEXT CHECK (side_a IN ('candidate', 'baseline')),
    mode TEXT CHECK (mode IN ('open', 'blind')),
    verdict_shown INTEGER,
    names_shown INTEGER,
    judge_id INTEGER REFERENCES judges(id),
    verdict TEXT,
    width INTEGER,
    height INTEGER,
    seconds REAL,
    at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    CHECK ((kind IN ('decision', 'carried')) = (choice IS NOT NULL)),
    CHECK (kind NOT IN ('undo', 'redo', 'carried') OR refers IS NOT NULL)
) STRICT;
CREATE INDEX events_pair ON events(pair_id, reviewer_id, seq);
CREATE INDEX events_refers ON events(refers, kind, seq) WHERE refers IS NOT NULL;

CREATE TABLE set_versions (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    hash TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (set_id, hash)
) STRICT;

CREATE TABLE set_members (
    set_version_id INTEGER NOT NULL REFERENCES set_versions(id),
    example_id INTEGER NOT NULL REFERENCES examples(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    PRIMARY KEY (set_version_id, example_id)
) STRICT, WITHOUT ROWID;
