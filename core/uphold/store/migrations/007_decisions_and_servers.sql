-- What a set's numbers rest on, what programs decided, and what was learnt about model servers.

-- pairs that `uphold next` printed for a reviewer, or for a program (its judge): sides, mode, and the verdict that a decision is
-- compared with, seen or not
CREATE TABLE shown_pairs (
    id INTEGER PRIMARY KEY,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    queue_id INTEGER NOT NULL REFERENCES queues(id),
    reviewer_id INTEGER REFERENCES reviewers(id),
    program_id INTEGER REFERENCES judges(id),
    side_a TEXT NOT NULL CHECK (side_a IN ('candidate', 'baseline')),
    mode TEXT NOT NULL CHECK (mode IN ('open', 'blind')),
    verdict_shown INTEGER NOT NULL CHECK (verdict_shown IN (0, 1)),
    judge_id INTEGER REFERENCES judges(id),
    verdict TEXT,
    reference_id INTEGER REFERENCES reference_texts(id),
    created_at TEXT NOT NULL,
    CHECK ((reviewer_id IS NULL) <> (program_id IS NULL))
) STRICT;
CREATE INDEX shown_pairs_pair ON shown_pairs(pair_id);
CREATE INDEX shown_pairs_reference ON shown_pairs(reference_id) WHERE reference_id IS NOT NULL;

-- calls of `uphold decide`, each taken back as a whole
CREATE TABLE decide_calls (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    reviewer_id INTEGER REFERENCES reviewers(id),
    program_id INTEGER REFERENCES judges(id),
    created_at TEXT NOT NULL,
    CHECK ((reviewer_id IS NULL) <> (program_id IS NULL))
) STRICT;

-- what a call wrote: an event of a reviewer or a judgment of a program, and what `uphold next` had shown of the pair, if it had
CREATE TABLE decide_call_items (
    call_id INTEGER NOT NULL REFERENCES decide_calls(id),
    event_id TEXT UNIQUE REFERENCES events(id),
    judgment_id INTEGER UNIQUE REFERENCES judgments(id),
    shown_id INTEGER REFERENCES shown_pairs(id),
    CHECK ((event_id IS NULL) <> (judgment_id IS NULL))
) STRICT;
CREATE INDEX decide_call_items_call ON decide_call_items(call_id);
CREATE INDEX decide_call_items_shown ON decide_call_items(shown_id);

-- a decision on a pair that no queue gave: chosen, not drawn
ALTER TABLE events ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0 CHECK (chosen IN (0, 1));

-- an imported judge whose verdicts are the decisions of a program (`decide --as-program`): it stands in the headline only when
-- it is pinned or named
ALTER TABLE judges ADD COLUMN is_program INTEGER NOT NULL DEFAULT 0 CHECK (is_program IN (0, 1));

-- how a server takes requests for a model, as its refusals have taught; request_form is a JSON object
CREATE TABLE model_servers (
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    model TEXT NOT NULL,
    request_form TEXT NOT NULL,
    learnt_at TEXT NOT NULL,
    PRIMARY KEY (kind, address, model)
) STRICT;

-- how the request of a judgment differed from what the judge asks for; null where it did not
ALTER TABLE judgments ADD COLUMN request_form TEXT;

-- the random word that separates the parts of a judge's prompts; kept, so that prompts begin alike and a server's prefix cache
-- can serve them; not part of the version. Null for rules and imported judges, and for models not asked since
ALTER TABLE judges ADD COLUMN fence TEXT;

-- what holds of a set now: the latest value of each kind, where it was not taken away
CREATE VIEW set_values AS
SELECT v.set_id, s.name AS set_name, v.kind, v.value, v.created_at
FROM set_events v JOIN sets s ON s.id = v.set_id
WHERE v.value IS NOT NULL
AND v.id = (SELECT max(latest.id) FROM set_events latest WHERE latest.set_id = v.set_id AND latest.kind = v.kind);

-- the judge pinned to each set, in an exact version: the value of kind 'judge' is NAME@VERSION
CREATE VIEW pinned_judges AS
SELECT v.set_id, v.set_name, g.id AS judge_id, g.name AS judge, g.version, v.created_at
FROM set_values v CROSS JOIN judges g ON v.value = g.name || '@' || g.version WHERE v.kind = 'judge';

-- the judge of each run's headline, and why it is that one; records/headline_judge.py has the rule in words. It is for those
-- who read the file with SQL: the program asks for one run at a time
CREATE VIEW headline_judges AS
SELECT run_id, judge_id, judge, reason FROM (
    SELECT run_id, judge_id, judge, reason, row_number() OVER (PARTITION BY run_id ORDER BY place) AS first FROM (
        SELECT r.id AS run_id, p.judge_id, p.judge, 'pinned' AS reason, 0 AS place
        FROM runs r JOIN pinned_judges p ON p.set_id = r.set_id
        UNION ALL
        SELECT o.run_id, o.judge_id, o.judge, CASE g.kind WHEN 'rules' THEN 'rule' ELSE 'complete' END, o.place
        FROM run_judges o JOIN judges g ON g.id = o.judge_id
        WHERE NOT g.is_program AND NOT EXISTS (
            SELECT 1 FROM current_pairs p
            WHERE p.run_id = o.run_id AND p.id NOT IN (SELECT pair_id FROM broken_pairs) AND NOT EXISTS (
                SELECT 1 FROM verdicts v WHERE v.judge_id = o.judge_id AND v.pair_id = p.id AND v.verdict <> 'pending'
            )
        )
        AND NOT EXISTS (
            SELECT 1 FROM runs r JOIN set_values s ON s.set_id = r.set_id WHERE r.id = o.run_id AND s.kind = 'judge'
        )
    )
) WHERE first = 1;

-- current pairs with names instead of ids, one row each; the verdict is that of the headline's judge
DROP VIEW readable_pairs;
CREATE VIEW readable_pairs AS
WITH chosen AS MATERIALIZED (SELECT run_id, judge_id, judge FROM headline_judges)
SELECT r.name AS run, s.name AS set_name, x.key, p.turn,
    (SELECT group_concat(tag, ', ') FROM tags WHERE tags.example_id = x.id) AS tags,
    json_extract(t.turns, '$[' || (p.turn - 1) || ']') AS instruction,
    c.name AS candidate, json_extract(rc.cells, '$[' || (p.turn - 1) || ']') AS candidate_answer,
    b.name AS baseline, json_extract(rb.cells, '$[' || (p.turn - 1) || ']') AS baseline_answer,
    j.judge, v.verdict, h.label AS human_label
FROM current_pairs p
JOIN runs r ON r.id = p.run_id
JOIN sets s ON s.id = r.set_id
JOIN examples x ON x.id = p.example_id
JOIN texts t ON t.id = p.text_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
JOIN responses rc ON rc.id = p.candidate_response_id
JOIN responses rb ON rb.id = p.baseline_response_id
LEFT JOIN chosen j ON j.run_id = p.run_id
LEFT JOIN verdicts v ON v.judge_id = j.judge_id AND v.pair_id = p.id
LEFT JOIN human_labels h ON h.pair_id = p.id;
