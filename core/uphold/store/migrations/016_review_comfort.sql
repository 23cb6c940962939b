-- What reviewers saw of pairs that they had not decided, and how they read a run.

-- shown_pairs holds what the app showed of undecided pairs too (`source` is 'app'): a verdict, or which system is which
ALTER TABLE shown_pairs ADD COLUMN names_shown INTEGER NOT NULL DEFAULT 0 CHECK (names_shown IN (0, 1));
ALTER TABLE shown_pairs ADD COLUMN source TEXT NOT NULL DEFAULT 'next' CHECK (source IN ('next', 'app'));
CREATE INDEX shown_pairs_reviewer ON shown_pairs(reviewer_id, pair_id) WHERE reviewer_id IS NOT NULL;

-- whether the judge of a session was named by the reviewer; else it was that of the headline
ALTER TABLE sessions ADD COLUMN judge_named INTEGER NOT NULL DEFAULT 0 CHECK (judge_named IN (0, 1));
CREATE INDEX sessions_run ON sessions(run_id, reviewer_id, id);
