-- Better judges from what people overturned: the halves of a set, versions of what a judge is asked, and tries.

-- the half of an example, written when it is first needed and never changed; near_example_id is the older example, nearly the
-- same, in whose half it is
CREATE TABLE example_halves (
    example_id INTEGER PRIMARY KEY REFERENCES examples(id),
    half TEXT NOT NULL CHECK (half IN ('development', 'locked')),
    near_example_id INTEGER REFERENCES examples(id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX example_halves_near ON example_halves(near_example_id) WHERE near_example_id IS NOT NULL;

-- versions of what a judge is asked about a set: clauses of its rubric and the decisions it is shown. `text` is a JSON object
-- with both, hash is that of the text, parent_id the version it was made from, judge_id the judge version that asks so
CREATE TABLE judge_prompts (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    name TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    hash TEXT NOT NULL,
    text TEXT NOT NULL CHECK (json_valid(text)),
    parent_id INTEGER REFERENCES judge_prompts(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL,
    UNIQUE (set_id, name, number)
) STRICT;
CREATE INDEX judge_prompts_parent ON judge_prompts(parent_id) WHERE parent_id IS NOT NULL;

-- a judge tried against another on decided pairs of one half: right of the new and wrong of the old is fixed, the other way round
-- broken; right and wrong are those of both. run_id is null where all runs of the set were taken
CREATE TABLE judge_trials (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    run_id INTEGER REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    old_judge_id INTEGER NOT NULL REFERENCES judges(id),
    half TEXT NOT NULL CHECK (half IN ('development', 'locked')),
    pairs INTEGER NOT NULL CHECK (pairs = fixed + broken + both_right + both_wrong),
    fixed INTEGER NOT NULL CHECK (fixed >= 0),
    broken INTEGER NOT NULL CHECK (broken >= 0),
    both_right INTEGER NOT NULL CHECK (both_right >= 0),
    both_wrong INTEGER NOT NULL CHECK (both_wrong >= 0),
    rerun_pairs INTEGER NOT NULL CHECK (rerun_pairs >= rerun_changed),
    rerun_changed INTEGER NOT NULL CHECK (rerun_changed >= 0),
    cost REAL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX judge_trials_set ON judge_trials(set_id, id);

-- the versions of what judges are asked, with names instead of ids
CREATE VIEW readable_judge_prompts AS
SELECT s.name AS set_name, q.name AS judge, q.number, q.hash, p.number AS parent, g.version AS judge_version, w.name AS reviewer,
    q.created_at, q.text
FROM judge_prompts q JOIN sets s ON s.id = q.set_id JOIN judges g ON g.id = q.judge_id
LEFT JOIN judge_prompts p ON p.id = q.parent_id LEFT JOIN reviewers w ON w.id = q.reviewer_id;

-- the tries, with names instead of ids
CREATE VIEW readable_trials AS
SELECT s.name AS set_name, r.name AS run, g.name AS judge, g.version AS judge_version, o.name AS old_judge,
    o.version AS old_judge_version, t.half, t.pairs, t.fixed, t.broken, t.both_right, t.both_wrong, t.rerun_pairs,
    t.rerun_changed, t.cost, t.created_at
FROM judge_trials t JOIN sets s ON s.id = t.set_id JOIN judges g ON g.id = t.judge_id JOIN judges o ON o.id = t.old_judge_id
LEFT JOIN runs r ON r.id = t.run_id;

-- as before, but a judge that was only asked again, or tried, has not judged last
DROP VIEW run_judges;
CREATE VIEW run_judges AS
SELECT o.run_id, g.id AS judge_id, g.name AS judge, row_number() OVER (
    PARTITION BY o.run_id ORDER BY g.kind = 'rules', (
        -- in this form SQLite goes back from the latest judgment and stops at the first that fits
        SELECT j.id FROM judgments j CROSS JOIN pairs p ON p.id = j.pair_id
        WHERE j.judge_id = g.id AND j.purpose = 'verdict' AND p.run_id = o.run_id ORDER BY j.id DESC LIMIT 1
    ) DESC, g.id
) AS place
FROM (SELECT DISTINCT run_id, judge_id FROM judge_orders) o JOIN judges g ON g.id = o.judge_id;
