-- Reports that were written, each with what it rests on, so that `uphold replay` can say what no longer holds.

-- a run's part of a report in a file; of a run the latest counts. `sha256` is that of the file's bytes, `figures` a JSON object with
-- every number by name, `judge_named` the judge that --judge named, `judge_id` the one whose verdicts are shown. `facts` is JSON too:
-- digests of the texts, answers, judgments and review events that the figures rest on, a list for each pair (see store/facts.py)
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    form TEXT NOT NULL CHECK (form IN ('html', 'markdown')),
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('better', 'not-shown', 'worse', 'not-enough-read')),
    sentence TEXT NOT NULL,
    set_hash TEXT NOT NULL,
    set_version INTEGER,
    judge_id INTEGER REFERENCES judges(id),
    judge_named TEXT,
    made_with TEXT NOT NULL,
    created_at TEXT NOT NULL,
    figures TEXT NOT NULL CHECK (json_valid(figures)),
    facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT;
CREATE INDEX reports_run ON reports(run_id, id);

-- the reports of each run
CREATE VIEW readable_reports AS
SELECT r.name AS run, s.name AS set_name, o.form, o.path, o.state, o.sentence, o.fingerprint, o.set_version, j.name AS judge,
    o.made_with, o.created_at
FROM reports o JOIN runs r ON r.id = o.run_id JOIN sets s ON s.id = r.set_id LEFT JOIN judges j ON j.id = o.judge_id;
