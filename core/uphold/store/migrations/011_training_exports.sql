-- What was turned into training data, and what bundles bring: a set that a system was trained on no longer tells how that system does elsewhere.

-- files of preference pairs that were made of a set's examples; `pairs` is how many rows such a file has, `labels` by whose word
CREATE TABLE training_exports (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    version_id INTEGER NOT NULL REFERENCES set_versions(id),
    labels TEXT NOT NULL CHECK (labels IN ('human', 'judge', 'both')),
    pairs INTEGER NOT NULL CHECK (pairs > 0),
    file TEXT,
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX training_exports_set ON training_exports(set_id);
CREATE INDEX training_exports_version ON training_exports(version_id);

-- the examples that such a file has
CREATE TABLE training_examples (
    export_id INTEGER NOT NULL REFERENCES training_exports(id),
    example_id INTEGER NOT NULL REFERENCES examples(id),
    PRIMARY KEY (export_id, example_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX training_examples_example ON training_examples(example_id);

-- the files with the names of their sets, the version of the set they were made of, and how many examples they have
CREATE VIEW training_data AS
SELECT s.name AS set_name, v.number AS version, t.labels, t.pairs, (
    SELECT count(*) FROM training_examples x WHERE x.export_id = t.id
) AS examples, t.file, w.name AS reviewer, t.created_at
FROM training_exports t JOIN sets s ON s.id = t.set_id JOIN set_versions v ON v.id = t.version_id
LEFT JOIN reviewers w ON w.id = t.reviewer_id;

-- sessions and plans that came with a bundle
ALTER TABLE sessions ADD COLUMN import_id INTEGER REFERENCES imports(id);
ALTER TABLE plans ADD COLUMN import_id INTEGER REFERENCES imports(id);
