-- Facts are appended and never changed. Kept beside them are three outcomes that can be made again from the facts:
-- events.undone, verdicts and human_labels (see store/outcomes.py). Long texts stand last in their tables, so that SQLite
-- reads the other columns of a row without the pages that the text overflows to.

CREATE TABLE about (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    created_at TEXT NOT NULL,
    format TEXT NOT NULL,
    files TEXT NOT NULL CHECK (json_valid(files)),
    set_name TEXT NOT NULL,
    summary TEXT NOT NULL CHECK (json_valid(summary))
) STRICT;

-- rows of an import that were kept, ignored or left out although they look wrong
CREATE TABLE odd_rows (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports(id),
    place TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;

CREATE TABLE reviewers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

-- the seed is random: queues, sides, the open share and repeats are drawn from it, alike in every run of the set
CREATE TABLE sets (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seed TEXT NOT NULL,
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

-- purpose, guidelines and what else belongs to a set; the latest row of a kind counts, a null value takes it away
CREATE TABLE set_events (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    kind TEXT NOT NULL CHECK (kind IN ('purpose', 'guidelines', 'judge', 'baseline', 'floor', 'wanted')),
    value TEXT,
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;
CREATE INDEX set_events_set ON set_events(set_id, kind, id);

-- a set's own reasons, one key each
CREATE TABLE reason_keys (
    set_id INTEGER NOT NULL REFERENCES sets(id),
    key TEXT NOT NULL CHECK (length(key) = 1),
    word TEXT NOT NULL,
    PRIMARY KEY (set_id, key)
) STRICT, WITHOUT ROWID;

-- what is asked: turns and context; hash is that of both
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    turns TEXT NOT NULL CHECK (json_valid(turns)),
    context TEXT
) STRICT;

-- the hash of a text up to each of its turns: what a pair of that turn depends on
CREATE TABLE text_prefixes (
    text_id INTEGER NOT NULL REFERENCES texts(id),
    turn INTEGER NOT NULL CHECK (turn >= 1),
    prefix TEXT NOT NULL,
    PRIMARY KEY (text_id, turn)
) STRICT, WITHOUT ROWID;

-- reference answers, one per turn or null; hash is that of the list
CREATE TABLE reference_texts (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    turns TEXT NOT NULL CHECK (json_valid(turns))
) STRICT;

-- a reference up to each of its turns is a reference too; there is no row while all of them are null
CREATE TABLE reference_prefixes (
    reference_id INTEGER NOT NULL REFERENCES reference_texts(id),
    turn INTEGER NOT NULL CHECK (turn >= 1),
    prefix_id INTEGER NOT NULL REFERENCES reference_texts(id),
    PRIMARY KEY (reference_id, turn)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_prefixes_prefix ON reference_prefixes(prefix_id);

CREATE TABLE examples (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    key TEXT NOT NULL,
    text_id INTEGER NOT NULL REFERENCES texts(id),
    reference_id INTEGER REFERENCES reference_texts(id),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'retired')),
    UNIQUE (set_id, key)
) STRICT;
CREATE INDEX examples_text ON examples(text_id);
CREATE INDEX examples_reference ON examples(reference_id) WHERE reference_id IS NOT NULL;

-- what happened to an example. `added` and `edited` give the text and the reference it has since, `referenced` the reference
CREATE TABLE example_events (
    id INTEGER PRIMARY KEY,
    example_id INTEGER NOT NULL REFERENCES examples(id),
    kind TEXT NOT NULL CHECK (kind IN ('added', 'edited', 'referenced', 'drafted', 'activated', 'retired')),
    text_id INTEGER REFERENCES texts(id),
    reference_id INTEGER REFERENCES reference_texts(id),
    reviewer_id INTEGER REFERENCES reviewers(id),
    reason TEXT,
    target_id INTEGER REFERENCES example_events(id),
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    CHECK (kind NOT IN ('added', 'edited') OR text_id IS NOT NULL)
) STRICT;
CREATE INDEX example_events_example ON example_events(example_id);
CREATE INDEX example_events_text ON example_events(text_id) WHERE text_id IS NOT NULL;
CREATE INDEX example_events_reference ON example_events(reference_id) WHERE reference_id IS NOT NULL;
CREATE INDEX example_events_target ON example_events(target_id) WHERE target_id IS NOT NULL;

CREATE TABLE tags (
    example_id INTEGER NOT NULL REFERENCES examples(id),
    tag TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    PRIMARY KEY (example_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_tag ON tags(tag);

CREATE TABLE tag_events (
    id INTEGER PRIMARY KEY,
    example_id INTEGER NOT NULL REFERENCES examples(id),
    tag TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'removed')),
    reviewer_id INTEGER REFERENCES reviewers(id),
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;
CREATE INDEX tag_events_example ON tag_events(example_id);

CREATE TABLE systems (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    import_id INTEGER REFERENCES imports(id)
) STRICT;

CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    hash TEXT NOT NULL,
    finish_reason TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    seconds REAL,
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    cells TEXT NOT NULL CHECK (json_valid(cells)),
    UNIQUE (text_id, system_id, hash)
) STRICT;

-- what became of a response: replaced from a turn on, or (from_turn null) in force again; the latest row counts
CREATE TABLE replacements (
    id INTEGER PRIMARY KEY,
    response_id INTEGER NOT NULL REFERENCES responses(id),
    by_response_id INTEGER NOT NULL REFERENCES responses(id),
    from_turn INTEGER,
    how TEXT NOT NULL CHECK (how IN ('edit', 'update', 'redo')),
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id)
) STRICT;
CREATE INDEX replacements_response ON replacements(response_id, id);
CREATE INDEX replacements_by ON replacements(by_response_id);

-- how a system's responses were made: model, system prompt, settings
CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    hash TEXT NOT NULL,
    definition TEXT NOT NULL CHECK (json_valid(definition)),
    created_at TEXT NOT NULL,
    UNIQUE (system_id, hash)
) STRICT;

-- every answer of a generation, a turn each; a response is made of one attempt's answers once its last turn is in
CREATE TABLE generated_turns (
    id INTEGER PRIMARY KEY,
    generation_id INTEGER NOT NULL REFERENCES generations(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    attempt TEXT NOT NULL,
    turn INTEGER NOT NULL CHECK (turn >= 1),
    answer TEXT NOT NULL,
    finish_reason TEXT,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost REAL,
    seconds REAL,
    created_at TEXT NOT NULL,
    response_id INTEGER REFERENCES responses(id),
    UNIQUE (attempt, turn)
) STRICT;
CREATE INDEX generated_turns_text ON generated_turns(text_id, generation_id);
CREATE INDEX generated_turns_response ON generated_turns(response_id) WHERE response_id IS NOT NULL;

-- who is answering what just now, until when
CREATE TABLE generation_claims (
    text_id INTEGER NOT NULL REFERENCES texts(id),
    system_id INTEGER NOT NULL REFERENCES systems(id),
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (text_id, system_id)
) STRICT, WITHOUT ROWID;

-- how likely a system finds the reference answers: exp(-logprob / tokens); `how` hashes model and template
CREATE TABLE perplexities (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    reference_id INTEGER NOT NULL REFERENCES reference_texts(id),
    how TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    template TEXT NOT NULL,
    logprob REAL NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    perplexity REAL NOT NULL,
    seconds REAL,
    created_at TEXT NOT NULL,
    UNIQUE (text_id, reference_id, system_id, how)
) STRICT;
CREATE INDEX perplexities_reference ON perplexities(reference_id);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets(id),
    candidate_id INTEGER NOT NULL REFERENCES systems(id),
    baseline_id INTEGER NOT NULL REFERENCES systems(id),
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (set_id, candidate_id, baseline_id),
    CHECK (candidate_id <> baseline_id)
) STRICT;

-- reference_id: the reference up to the turn where one of the two systems is `reference`; the pair depends on it then
CREATE TABLE pairs (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    example_id INTEGER NOT NULL REFERENCES examples(id),
    turn INTEGER NOT NULL CHECK (turn >= 1),
    contents TEXT NOT NULL,
    prefix TEXT NOT NULL,
    text_id INTEGER NOT NULL REFERENCES texts(id),
    candidate_response_id INTEGER NOT NULL REFERENCES responses(id),
    baseline_response_id INTEGER NOT NULL REFERENCES responses(id),
    reference_id INTEGER REFERENCES reference_texts(id),
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (run_id, example_id, turn, contents)
) STRICT;
CREATE INDEX pairs_contents ON pairs(contents);
CREATE INDEX pairs_example ON pairs(example_id);
CREATE INDEX pairs_text ON pairs(text_id);
CREATE INDEX pairs_candidate_response ON pairs(candidate_response_id);
CREATE INDEX pairs_baseline_response ON pairs(baseline_response_id);
CREATE INDEX pairs_reference ON pairs(reference_id) WHERE reference_id IS NOT NULL;

CREATE TABLE judges (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('llm', 'rules', 'imported')),
    definition TEXT NOT NULL CHECK (json_valid(definition)),
    takes_reference INTEGER NOT NULL CHECK (takes_reference IN (0, 1)),
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    UNIQUE (name, version)
) STRICT;

-- orders and samples wanted of a judge in a run; they only grow. Imported judges have 0 samples: nothing is asked of them
CREATE TABLE judge_orders (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    answer_order TEXT NOT NULL CHECK (answer_order IN ('candidate-first', 'baseline-first', 'none', 'unknown')),
    samples INTEGER NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    PRIMARY KEY (run_id, judge_id, answer_order)
) STRICT, WITHOUT ROWID;

-- one answer each; reference_id is the reference up to the turn that the judge saw, null where it takes none or saw none.
-- only those of purpose 'verdict' enter a verdict
CREATE TABLE judgments (
    id INTEGER PRIMARY KEY,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    answer_order TEXT NOT NULL CHECK (answer_order IN ('candidate-first', 'baseline-first', 'none', 'unknown')),
    sample INTEGER NOT NULL DEFAULT 0,
    reference_id INTEGER REFERENCES reference_texts(id),
    purpose TEXT NOT NULL DEFAULT 'verdict' CHECK (purpose IN ('verdict', 'rerun', 'try', 'drift')),
    status TEXT NOT NULL CHECK (status IN ('readable', 'unreadable', 'failed')),
    verdict TEXT CHECK (verdict IN ('candidate', 'baseline', 'tie')),
    preference REAL CHECK (preference BETWEEN 0 AND 1),
    confidence REAL CHECK (confidence BETWEEN 0 AND 1),
    superseded_by INTEGER REFERENCES judgments(id),
    reused_id INTEGER REFERENCES judgments(id),
    import_id INTEGER REFERENCES imports(id),
    created_at TEXT NOT NULL,
    prompt_name TEXT,
    fence TEXT,
    stop_reason TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost REAL,
    seconds REAL,
    problem TEXT,
    reason TEXT,
    raw TEXT,
    CHECK ((status = 'readable') = (verdict IS NOT NULL))
) STRICT;
-- at most one judgment in force per pair, judge, order, sample, reference and purpose; the superseded ones differ by their ids, so
-- that one index finds all judgments of a pair
CREATE UNIQUE INDEX judgments_once ON judgments(
    pair_id, judge_id, answer_order, sample, coalesce(reference_id, 0), CASE WHEN superseded_by IS NULL THEN 0 ELSE id END,
    purpose
);
CREATE INDEX judgments_in_force ON judgments(judge_id, pair_id) WHERE superseded_by IS NULL;
CREATE INDEX judgments_reference ON judgments(reference_id) WHERE reference_id IS NOT NULL;
CREATE INDEX judgments_superseded ON judgments(superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX judgments_reused ON judgments(reused_id) WHERE reused_id IS NOT NULL;

-- who is asking a judge about what, until when: two processes never ask the same, a dead one's claim lapses
CREATE TABLE claims (
    contents TEXT NOT NULL,
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    answer_order TEXT NOT NULL,
    sample INTEGER NOT NULL,
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (contents, judge_id, answer_order, sample)
) STRICT, WITHOUT ROWID;

-- judgments that a provider makes in its own time; `prefix` begins the custom id of every request and is made before submitting
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    prefix TEXT NOT NULL UNIQUE,
    provider_id TEXT UNIQUE,
    requests INTEGER NOT NULL,
    with_schema INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL CHECK (state IN ('submitting', 'submitted', 'collected', 'never')),
    created_at TEXT NOT NULL,
    submitted_at TEXT,
    collected_at TEXT
) STRICT;

-- one request of a batch each; its judgment once the result is in
CREATE TABLE batch_items (
    batch_id INTEGER NOT NULL REFERENCES batches(id),
    number INTEGER NOT NULL,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    answer_order TEXT NOT NULL,
    sample INTEGER NOT NULL,
    reference_id INTEGER REFERENCES reference_texts(id),
    fence TEXT NOT NULL,
    judgment_id INTEGER REFERENCES judgments(id),
    PRIMARY KEY (batch_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_pair ON batch_items(pair_id);
CREATE INDEX batch_items_reference ON batch_items(reference_id) WHERE reference_id IS NOT NULL;
CREATE INDEX batch_items_judgment ON batch_items(judgment_id) WHERE judgment_id IS NOT NULL;

CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    kind TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (run_id, kind)
) STRICT;

CREATE TABLE queue_items (
    queue_id INTEGER NOT NULL REFERENCES queues(id),
    position INTEGER NOT NULL,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    stratum TEXT NOT NULL,
    weight REAL NOT NULL CHECK (weight > 0),
    sort_key REAL NOT NULL,
    draw INTEGER NOT NULL,
    PRIMARY KEY (queue_id, position),
    UNIQUE (pair_id, queue_id)
) STRICT, WITHOUT ROWID;

-- open_share: the share of a blind session's pairs that is shown open
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    queue_id INTEGER REFERENCES queues(id),
    judge_id INTEGER REFERENCES judges(id),
    mode TEXT NOT NULL CHECK (mode IN ('open', 'blind')),
    open_share REAL,
    created_at TEXT NOT NULL
) STRICT;

-- what reviewers decided and did; an undo is a new fact whose target is the event it takes back. `undone` is an outcome.
-- reference_id: the reference up to the turn that the example had then
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'carried', 'repeat', 'adjudicated', 'skip', 'flag', 'unflag', 'broken',
        'unbroken', 'comment', 'reasons', 'undo', 'redo')),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    session_id INTEGER REFERENCES sessions(id),
    choice TEXT CHECK (choice IN ('candidate', 'baseline', 'tie', 'both-bad')),
    undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    target_id TEXT REFERENCES events(id),
    source TEXT NOT NULL CHECK (source IN ('app', 'import', 'carried')),
    side_a TEXT CHECK (side_a IN ('candidate', 'baseline')),
    mode TEXT CHECK (mode IN ('open', 'blind')),
    verdict_shown INTEGER,
    names_shown INTEGER,
    judge_id INTEGER REFERENCES judges(id),
    verdict TEXT,
    reference_id INTEGER REFERENCES reference_texts(id),
    width INTEGER,
    height INTEGER,
    seconds REAL,
    created_at TEXT NOT NULL,
    import_id INTEGER REFERENCES imports(id),
    note TEXT,
    CHECK ((kind IN ('decision', 'carried', 'repeat', 'adjudicated')) = (choice IS NOT NULL)),
    CHECK (kind NOT IN ('undo', 'redo', 'carried') OR target_id IS NOT NULL)
) STRICT;
CREATE INDEX events_pair ON events(pair_id, reviewer_id, seq);
CREATE INDEX events_reviewer ON events(reviewer_id, seq);
CREATE INDEX events_target ON events(target_id, kind, seq) WHERE target_id IS NOT NULL;
CREATE INDEX events_reference ON events(reference_id) WHERE reference_id IS NOT NULL;
CREATE INDEX events_adjudicated ON events(pair_id, seq) WHERE kind = 'adjudicated';
CREATE INDEX events_repeated ON events(pair_id, reviewer_id, seq) WHERE kind = 'repeat';

-- outcome: what a judge's judgments on a pair amount to, in all and in either order; no row without any
CREATE TABLE verdicts (
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    run_id INTEGER NOT NULL REFERENCES runs(id),
    verdict TEXT NOT NULL CHECK (verdict IN ('candidate', 'baseline', 'tie', 'inconsistent', 'unreadable', 'failed', 'pending')),
    candidate_first TEXT,
    baseline_first TEXT,
    PRIMARY KEY (judge_id, pair_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_pair ON verdicts(pair_id);
CREATE INDEX verdicts_run ON verdicts(run_id, verdict);

-- outcome: what the standing decisions on a pair amount to; no row without any
CREATE TABLE human_labels (
    pair_id INTEGER PRIMARY KEY REFERENCES pairs(id),
    label TEXT NOT NULL CHECK (label IN ('candidate', 'baseline', 'tie', 'unresolved')),
    votes INTEGER NOT NULL,
    adjudicated INTEGER NOT NULL CHECK (adjudicated IN (0, 1))
) STRICT;

-- how many pairs a reviewer means to read in a run; every change is a row of its own, the latest counts
CREATE TABLE plans (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    queue_id INTEGER NOT NULL REFERENCES queues(id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers(id),
    planned INTEGER NOT NULL CHECK (planned > 0),
    reviewed INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX plans_run ON plans(run_id, id);

-- up to which row each kind of text stands in the full-text index; -1: rows went away, the index is made anew
CREATE TABLE search_marks (
    kind INTEGER PRIMARY KEY CHECK (kind BETWEEN 0 AND 3),
    upto INTEGER NOT NULL
) STRICT;
INSERT INTO search_marks VALUES (0, 0), (1, 0), (2, 0), (3, 0);

CREATE TRIGGER search_texts_gone AFTER DELETE ON texts BEGIN UPDATE search_marks SET upto = -1 WHERE upto > 0; END;
CREATE TRIGGER search_responses_gone AFTER DELETE ON responses BEGIN UPDATE search_marks SET upto = -1 WHERE upto > 0; END;
CREATE TRIGGER search_judgments_gone AFTER DELETE ON judgments BEGIN UPDATE search_marks SET upto = -1 WHERE upto > 0; END;
CREATE TRIGGER search_events_gone AFTER DELETE ON events BEGIN UPDATE search_marks SET upto = -1 WHERE upto > 0; END;

-- responses that are replaced: their latest row counts, and it names a turn
CREATE VIEW replaced AS
SELECT r.response_id, r.by_response_id, r.from_turn, r.id AS replacement_id
FROM replacements r
WHERE r.from_turn IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM replacements later WHERE later.response_id = r.response_id AND later.id > r.id
);

CREATE VIEW current_pairs AS
SELECT p.*
FROM pairs p
JOIN examples e ON e.id = p.example_id AND e.status = 'active'
JOIN text_prefixes t ON t.text_id = e.text_id AND t.turn = p.turn AND t.prefix = p.prefix
WHERE (
    p.reference_id IS NULL
    OR p.reference_id = (SELECT prefix_id FROM reference_prefixes f WHERE f.reference_id = e.reference_id AND f.turn = p.turn)
) AND NOT EXISTS (
    SELECT 1 FROM replaced r
    WHERE r.response_id IN (p.candidate_response_id, p.baseline_response_id) AND r.from_turn <= p.turn
);

-- judgments that count: not superseded, and made with the present reference where the judge takes one
CREATE VIEW standing_judgments AS
SELECT j.* FROM judgments j
JOIN judges g ON g.id = j.judge_id
JOIN pairs p ON p.id = j.pair_id
JOIN examples e ON e.id = p.example_id
LEFT JOIN reference_prefixes f ON f.reference_id = e.reference_id AND f.turn = p.turn
WHERE j.superseded_by IS NULL AND j.purpose = 'verdict' AND (NOT g.takes_reference OR j.reference_id IS f.prefix_id);

CREATE VIEW standing_events AS
SELECT * FROM events WHERE kind NOT IN ('undo', 'redo') AND NOT undone;

CREATE VIEW current_decisions AS
SELECT pair_id, reviewer_id, choice, id AS event_id, kind, source, judge_id, verdict, reference_id, seconds, note, created_at,
    max(seq) AS seq
FROM standing_events WHERE kind IN ('decision', 'carried') GROUP BY pair_id, reviewer_id;

-- decisions made before the verdict was seen
CREATE VIEW blind_decisions AS
SELECT pair_id, reviewer_id, choice, id AS event_id, judge_id, verdict, seconds, created_at, max(seq) AS seq
FROM standing_events WHERE kind = 'decision' AND verdict_shown = 0 GROUP BY pair_id, reviewer_id;

-- what a judge is compared with: each reviewer's word from before the verdict was seen, where there is one
CREATE VIEW compared_decisions AS
SELECT d.pair_id, d.reviewer_id, coalesce(b.choice, d.choice) AS choice, d.choice AS final, b.choice IS NOT NULL AS blind
FROM current_decisions d LEFT JOIN blind_decisions b ON b.pair_id = d.pair_id AND b.reviewer_id = d.reviewer_id;

-- the same pair read twice with its sides swapped: the reviewer against themselves
CREATE VIEW repeats AS
SELECT r.pair_id, r.reviewer_id, d.choice AS first, r.choice AS again, r.id AS event_id, max(r.seq) AS seq
FROM standing_events r JOIN compared_decisions d ON d.pair_id = r.pair_id AND d.reviewer_id = r.reviewer_id
WHERE r.kind = 'repeat' GROUP BY r.pair_id, r.reviewer_id;

CREATE VIEW adjudications AS
SELECT pair_id, reviewer_id, choice, id AS event_id, note, created_at, max(seq) AS seq
FROM standing_events WHERE kind = 'adjudicated' GROUP BY pair_id;

CREATE VIEW broken_pairs AS
SELECT pair_id FROM (
    SELECT pair_id, kind, max(seq) FROM standing_events WHERE kind IN ('broken', 'unbroken') GROUP BY pair_id
) WHERE kind = 'broken';

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
-- the judges of a run, the primary one at place 1: the one that judged last, rules judges behind all others
CREATE VIEW run_judges AS
SELECT o.run_id, g.id AS judge_id, g.name AS judge, row_number() OVER (
    PARTITION BY o.run_id ORDER BY g.kind = 'rules', (
        -- in this form SQLite goes back from the latest judgment and stops at the first that fits
        SELECT j.id FROM judgments j CROSS JOIN pairs p ON p.id = j.pair_id
        WHERE j.judge_id = g.id AND p.run_id = o.run_id ORDER BY j.id DESC LIMIT 1
    ) DESC, g.id
) AS place
FROM (SELECT DISTINCT run_id, judge_id FROM judge_orders) o JOIN judges g ON g.id = o.judge_id;

-- current pairs with names instead of ids, one row each; the verdict is that of the run's primary judge
CREATE VIEW readable_pairs AS
WITH primary_judges AS MATERIALIZED (SELECT run_id, judge_id, judge FROM run_judges WHERE place = 1)
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
LEFT JOIN primary_judges j ON j.run_id = p.run_id
LEFT JOIN verdicts v ON v.judge_id = j.judge_id AND v.pair_id = p.id
LEFT JOIN human_labels h ON h.pair_id = p.id;

-- each reviewer's current decision on a pair, with the judge's verdict as it was then
CREATE VIEW readable_decisions AS
SELECT r.name AS run, s.name AS set_name, x.key, p.turn, w.name AS reviewer, v.kind, v.choice, j.name AS judge, v.verdict,
    v.mode, v.verdict_shown, v.seconds, v.note, v.created_at
FROM current_decisions d
JOIN events v ON v.seq = d.seq
JOIN pairs p ON p.id = d.pair_id
JOIN runs r ON r.id = p.run_id
JOIN sets s ON s.id = r.set_id
JOIN examples x ON x.id = p.example_id
JOIN reviewers w ON w.id = d.reviewer_id
LEFT JOIN judges j ON j.id = v.judge_id;

-- the runs as they came, with the human labels on their current pairs that nobody marked broken
CREATE VIEW run_history AS
SELECT r.name AS run, s.name AS set_name, c.name AS candidate, b.name AS baseline, r.created_at, count(*) AS pairs,
    count(h.label) AS reviewed, coalesce(sum(h.label = 'candidate'), 0) AS wins, coalesce(sum(h.label = 'tie'), 0) AS ties,
    coalesce(sum(h.label = 'baseline'), 0) AS losses, coalesce(sum(h.label = 'unresolved'), 0) AS unresolved
FROM current_pairs p
JOIN runs r ON r.id = p.run_id
JOIN sets s ON s.id = r.set_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
LEFT JOIN human_labels h ON h.pair_id = p.id
WHERE p.id NOT IN (SELECT pair_id FROM broken_pairs)
GROUP BY r.id;

CREATE VIEW spending AS
SELECT r.name AS run, g.name AS judge, count(*) AS judgments, sum(j.input_tokens) AS input_tokens,
    sum(j.output_tokens) AS output_tokens, sum(j.cost) AS dollars
FROM judgments j JOIN judges g ON g.id = j.judge_id JOIN pairs p ON p.id = j.pair_id JOIN runs r ON r.id = p.run_id
WHERE g.kind = 'llm' GROUP BY r.id, g.id;
