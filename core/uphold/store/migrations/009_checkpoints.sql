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
