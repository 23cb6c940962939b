DROP VIEW win_loss;
DROP VIEW human_labels;
DROP VIEW current_decisions;
DROP VIEW broken_pairs;
DROP VIEW acts_in_force;

-- two more kinds that choose (repeat, adjudicated), and the reasons given for a decision; a CHECK can only be changed by a copy
CREATE TABLE events_made_anew (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'carried', 'repeat', 'adjudicated', 'skip', 'flag', 'unflag', 'broken',
        'unbroken', 'comment', 'reasons', 'undo', 'redo')),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    session_id INTEGER REFERENCES sessions(id),
    choice TEXT CHECK (choice IN ('candidate', 'baseline', 'tie', 'both-bad')),
    note TEXT,
    refers TEXT REFERENCES events_made_anew(id),
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
    CHECK ((kind IN ('decision', 'carried', 'repeat', 'adjudicated')) = (choice IS NOT NULL)),
    CHECK (kind NOT IN ('undo', 'redo', 'carried') OR refers IS NOT NULL)
) STRICT;
INSERT INTO events_made_anew (seq, id, kind, pair_id, reviewer_id, session_id, choice, note, refers, source, side_a, mode,
    verdict_shown, names_shown, judge_id, verdict, width, height, seconds, at, import_id)
SELECT seq, id, kind, pair_id, reviewer_id, session_id, choice, note, refers, source, side_a, mode, verdict_shown,
    names_shown, judge_id, verdict, width, height, seconds, at, import_id
FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_made_anew RENAME TO events;
CREATE INDEX events_pair ON events(pair_id, reviewer_id, seq);
CREATE INDEX events_refers ON events(refers, kind, seq) WHERE refers IS NOT NULL;
CREATE INDEX events_settled ON events(pair_id, seq) WHERE kind = 'adjudicated';
CREATE INDEX events_repeated ON events(pair_id, reviewer_id, seq) WHERE kind = 'repeat';

CREATE TRIGGER search_events_gone AFTER DELETE ON events BEGIN UPDATE search_marks SET upto = -1 WHERE upto > 0; END;

-- how many pairs a reviewer means to read in a run; every change is a row of its own, the latest counts
CREATE TABLE plans (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    queue_id INTEGER NOT NULL REFERENCES queues(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    planned INTEGER NOT NULL CHECK (planned > 0),
    reviewed INTEGER NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX plans_run ON plans(run_id, id);

-- the share of a blind session's pairs that is shown open
ALTER TABLE sessions ADD COLUMN open_share REAL;

-- a set's own reasons, one key each
CREATE TABLE reason_keys (
    set_id INTEGER NOT NULL REFERENCES sets(id),
    key TEXT NOT NULL CHECK (length(key) = 1),
    word TEXT NOT NULL,
    PRIMARY KEY (set_id, key)
) STRICT, WITHOUT ROWID;

CREATE VIEW acts_in_force AS
SELECT e.* FROM events e
WHERE e.kind NOT IN ('undo', 'redo') AND NOT EXISTS (
    SELECT 1 FROM events u
    WHERE u.refers = e.id AND u.kind = 'undo' AND NOT EXISTS (
        SELECT 1 FROM events r WHERE r.refers = e.id AND r.kind = 'redo' AND r.seq > u.seq
    )
);

CREATE VIEW current_decisions AS
SELECT pair_id, reviewer_id, choice, id AS event_id, kind, source, judge_id, verdict, seconds, note, at, max(seq) AS seq
FROM acts_in_force WHERE kind IN ('decision', 'carried') GROUP BY pair_id, reviewer_id;

-- decisions made before the verdict was seen
CREATE VIEW blind_decisions AS
SELECT pair_id, reviewer_id, choice, id AS event_id, judge_id, verdict, seconds, at, max(seq) AS seq
FROM acts_in_force WHERE kind = 'decision' AND verdict_shown = 0 GROUP BY pair_id, reviewer_id;

-- what a judge is compared with: each reviewer's word from before the verdict was seen, where there is one
CREATE VIEW compared_decisions AS
SELECT d.pair_id, d.reviewer_id, coalesce(b.choice, d.choice) AS choice, d.choice AS final, b.choice IS NOT NULL AS blind
FROM current_decisions d LEFT JOIN blind_decisions b ON b.pair_id = d.pair_id AND b.reviewer_id = d.reviewer_id;

-- the same pair read twice with its sides swapped: the reviewer against themselves
CREATE VIEW repeats AS
SELECT r.pair_id, r.reviewer_id, d.choice AS first, r.choice AS again, r.id AS event_id, max(r.seq) AS seq
FROM acts_in_force r JOIN compared_decisions d ON d.pair_id = r.pair_id AND d.reviewer_id = r.reviewer_id
WHERE r.kind = 'repeat' GROUP BY r.pair_id, r.reviewer_id;

CREATE VIEW adjudications AS
SELECT pair_id, reviewer_id, choice, id AS event_id, note, at, max(seq) AS seq
FROM acts_in_force WHERE kind = 'adjudicated' GROUP BY pair_id;

CREATE VIEW broken_pairs AS
SELECT pair_id FROM (
    SELECT pair_id, kind, max(seq) FROM acts_in_force WHERE kind IN ('broken', 'unbroken') GROUP BY pair_id
) WHERE kind = 'broken';

-- the adjudicated word; else the one with most votes, both-bad as a tie; a draw for first place is unresolved
CREATE VIEW human_labels AS
SELECT v.pair_id, v.votes,
    CASE WHEN a.choice = 'both-bad' THEN 'tie'
         WHEN a.choice IS NOT NULL THEN a.choice
         WHEN v.candidate > v.baseline AND v.candidate > v.ties THEN 'candidate'
         WHEN v.baseline > v.candidate AND v.baseline > v.ties THEN 'baseline'
         WHEN v.ties > v.candidate AND v.ties > v.baseline THEN 'tie'
         ELSE 'unresolved' END AS label
FROM (
    SELECT pair_id, count(*) AS votes, sum(choice = 'candidate') AS candidate, sum(choice = 'baseline') AS baseline,
        sum(choice IN ('tie', 'both-bad')) AS ties
    FROM current_decisions GROUP BY pair_id
) v LEFT JOIN adjudications a ON a.pair_id = v.pair_id;

CREATE VIEW disputes AS
SELECT d.pair_id, count(*) AS votes, a.choice AS settled
FROM current_decisions d LEFT JOIN adjudications a ON a.pair_id = d.pair_id
GROUP BY d.pair_id
HAVING count(DISTINCT CASE d.choice WHEN 'both-bad' THEN 'tie' ELSE d.choice END) > 1;

CREATE VIEW win_loss AS
SELECT r.name AS run, x.key, p.turn, j.name AS judge, v.verdict, h.label AS human, h.votes
FROM current_pairs p
JOIN runs r ON r.id = p.run_id
JOIN examples x ON x.id = p.example_id
LEFT JOIN verdicts v ON v.pair_id = p.id
LEFT JOIN judges j ON j.id = v.judge_id
LEFT JOIN human_labels h ON h.pair_id = p.id;
