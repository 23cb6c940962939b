-- Certificates: what judges agreed with people on locked pairs, which pairs are spent by that, and checks for drift.

-- one test of a judge on locked pairs of a set (of one run, or of all runs where run_id is null); of a judge and a set the latest
-- counts. agreed of n pairs in so many examples, low is the one-sided lower 95 % bound. Of the n, unreadable counted as not the
-- same, on seen people had this judge's verdict in view. set_floor is the floor the set had. better and worse: pairs on which
-- only this judge is right, or only the judge against_id; p is one-sided
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    run_id INTEGER REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    set_version_id INTEGER NOT NULL REFERENCES set_versions(id),
    answer_orders TEXT NOT NULL CHECK (json_valid(answer_orders)),
    samples INTEGER NOT NULL,
    floor REAL NOT NULL CHECK (floor BETWEEN 0 AND 1),
    set_floor REAL CHECK (set_floor BETWEEN 0 AND 1),
    n INTEGER NOT NULL CHECK (n > 0),
    examples INTEGER NOT NULL CHECK (examples BETWEEN 1 AND n),
    agreed INTEGER NOT NULL CHECK (agreed BETWEEN 0 AND n),
    unreadable INTEGER NOT NULL CHECK (unreadable BETWEEN 0 AND n),
    seen INTEGER NOT NULL CHECK (seen BETWEEN 0 AND n),
    low REAL NOT NULL CHECK (low BETWEEN 0 AND 1),
    method TEXT NOT NULL,
    against_id INTEGER REFERENCES judges(id),
    better INTEGER,
    worse INTEGER,
    p REAL CHECK (p BETWEEN 0 AND 1),
    created_at TEXT NOT NULL,
    CHECK ((against_id IS NULL) = (p IS NULL) AND (p IS NULL) = (better IS NULL) AND (p IS NULL) = (worse IS NULL))
) STRICT;
CREATE INDEX certificates_set ON certificates(set_id, judge_id, id);
CREATE INDEX certificates_judge ON certificates(judge_id);
CREATE INDEX certificates_version ON certificates(set_version_id);

-- the pairs of a test, and whether judge and people said the same: such a pair, and any with the same texts, is spent
CREATE TABLE locked_uses (
    certificate_id INTEGER NOT NULL REFERENCES certificates(id),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    same INTEGER NOT NULL CHECK (same IN (0, 1)),
    PRIMARY KEY (certificate_id, pair_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX locked_uses_pair ON locked_uses(pair_id);

-- of asked verdicts, changed were others when the judge was asked again: right after a test (rerun), or in a check for drift,
-- where up to allowed may be. agreed_then and agreed_now: on so many of the pairs the judge says what people do, p is McNemar's.
-- served is the model that the server named where it is another one than before
CREATE TABLE drift_checks (
    id INTEGER PRIMARY KEY,
    certificate_id INTEGER NOT NULL REFERENCES certificates(id),
    kind TEXT NOT NULL CHECK (kind IN ('rerun', 'check')),
    asked INTEGER NOT NULL CHECK (asked >= (kind = 'check')),
    changed INTEGER NOT NULL CHECK (changed BETWEEN 0 AND asked),
    allowed INTEGER,
    agreed_then INTEGER CHECK (agreed_then BETWEEN 0 AND asked),
    agreed_now INTEGER CHECK (agreed_now BETWEEN 0 AND asked),
    p REAL CHECK (p BETWEEN 0 AND 1),
    served TEXT,
    created_at TEXT NOT NULL,
    CHECK ((kind = 'check') = (allowed IS NOT NULL) AND (kind = 'check') = (p IS NOT NULL))
) STRICT;
CREATE INDEX drift_checks_certificate ON drift_checks(certificate_id, id);

-- judge versions that are not asked any more, since they were found changed: what is asked by the same name is a version of its own
CREATE TABLE ended_judges (
    judge_id INTEGER PRIMARY KEY REFERENCES judges(id),
    reason TEXT NOT NULL CHECK (reason IN ('drift', 'another model')),
    created_at TEXT NOT NULL
) STRICT;

-- the models that a server named in its answers to a judge
CREATE TABLE served_models (
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    model TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (judge_id, model)
) STRICT, WITHOUT ROWID;

-- pairs that a test has spent, with those that have the same texts
CREATE VIEW spent_pairs AS
SELECT DISTINCT p.id AS pair_id FROM locked_uses u JOIN pairs q ON q.id = u.pair_id JOIN pairs p ON p.contents = q.contents;

-- the certificates with names instead of ids
CREATE VIEW readable_certificates AS
SELECT s.name AS set_name, r.name AS run, g.name AS judge, g.version, c.agreed, c.n, c.low, c.floor,
    c.low >= c.floor AND (c.p IS NULL OR c.p <= 0.05) AS passed, o.name AS against, c.p, v.number AS set_version, c.created_at
FROM certificates c JOIN sets s ON s.id = c.set_id LEFT JOIN runs r ON r.id = c.run_id JOIN judges g ON g.id = c.judge_id
LEFT JOIN judges o ON o.id = c.against_id JOIN set_versions v ON v.id = c.set_version_id;
