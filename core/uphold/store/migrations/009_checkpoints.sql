-- Checkpoints: the run of each set that later ones are held against, and how a judge is asked again.

-- runs that were blessed; of each set the latest counts
CREATE TABLE blessed (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    note TEXT,
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX blessed_run ON blessed(run_id);

-- by what a judge version was asked for: KIND:MODEL, rules:NAME, a name in uphold.toml or the path of a TOML file; the latest
-- row of a judge counts
CREATE TABLE judge_specs (
    id INTEGER PRIMARY KEY,
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    spec TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX judge_specs_judge ON judge_specs(judge_id, id);

-- the blessed run of each set
CREATE VIEW blessed_runs AS
SELECT r.set_id, s.name AS set_name, r.id AS run_id, r.name AS run, b.note, w.name AS reviewer, b.created_at
FROM blessed b JOIN runs r ON r.id = b.run_id JOIN sets s ON s.id = r.set_id LEFT JOIN reviewers w ON w.id = b.reviewer_id
WHERE b.id = (SELECT max(later.id) FROM blessed later JOIN runs q ON q.id = later.run_id WHERE q.set_id = r.set_id);

-- numbers of a system that were measured elsewhere, such as those of benchmarks; of a system, task, metric and filter the latest
-- counts. `leaves` are the tasks that a group is made of, `error` is the standard error
CREATE TABLE scores (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    task TEXT NOT NULL,
    metric TEXT NOT NULL,
    filter TEXT NOT NULL,
    value REAL NOT NULL CHECK (abs(value) <= 1e300),
    error REAL CHECK (error BETWEEN 0 AND 1e300),
    n INTEGER CHECK (n > 0),
    higher_is_better INTEGER NOT NULL CHECK (higher_is_better IN (0, 1)),
    leaves TEXT NOT NULL CHECK (json_valid(leaves)),
    created_at TEXT NOT NULL,
    import_id INTEGER NOT NULL REFERENCES imports(id)
) STRICT;
CREATE INDEX scores_system ON scores(system_id, task, metric, filter, id);

-- documents of benchmarks; one that stands in its task several times has a row for each occurrence
CREATE TABLE benchmark_items (
    id INTEGER PRIMARY KEY,
    task TEXT NOT NULL,
    doc_hash TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    place TEXT NOT NULL,
    asked TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (task, doc_hash, occurrence)
) STRICT;

-- whether the system of a score passed a document
CREATE TABLE item_results (
    score_id INTEGER NOT NULL REFERENCES scores(id),
    item_id INTEGER NOT NULL REFERENCES benchmark_items(id),
    passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
    import_id INTEGER NOT NULL REFERENCES imports(id),
    PRIMARY KEY (score_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_results_item ON item_results(item_id);

-- the scores that count
CREATE VIEW current_scores AS
SELECT s.id, s.system_id, y.name AS system, CASE s.metric WHEN '' THEN s.task ELSE s.task || ':' || s.metric END AS name,
    s.task, s.metric, s.filter, s.value, s.error, s.n, s.higher_is_better, s.leaves, s.created_at, s.import_id
FROM scores s JOIN systems y ON y.id = s.system_id
WHERE s.id = (
    SELECT max(later.id) FROM scores later WHERE later.system_id = s.system_id AND later.task = s.task
        AND later.metric = s.metric AND later.filter = s.filter
);
