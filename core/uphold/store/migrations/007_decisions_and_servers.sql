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
