-- judgments that a provider makes in its own time; `prefix` begins the custom id of every request and is made before submitting
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    judge_id INTEGER NOT NULL REFERENCES judges(id),
    prefix TEXT NOT NULL UNIQUE,
    provider_id TEXT UNIQUE,
    requests INTEGER NOT NULL,
    schema INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL CHECK (state IN ('submitting', 'submitted', 'collected', 'never')),
    at TEXT NOT NULL,
    submitted_at TEXT,
    collected_at TEXT
) STRICT;

-- one request of a batch each; its judgment once the result is in
CREATE TABLE batch_items (
    batch_id INTEGER NOT NULL REFERENCES batches(id),
    number INTEGER NOT NULL,
    pair_id INTEGER NOT NULL REFERENCES pairs(id),
    "order" TEXT NOT NULL,
    sample INTEGER NOT NULL,
    fence TEXT NOT NULL,
    judgment_id INTEGER REFERENCES judgments(id),
    PRIMARY KEY (batch_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_open ON batch_items(pair_id) WHERE judgment_id IS NULL;

-- how a system's responses were made: model, system prompt, settings
CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    hash TEXT NOT NULL,
    definition TEXT NOT NULL CHECK (json_valid(definition)),
    at TEXT NOT NULL,
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
    at TEXT NOT NULL,
    response_id INTEGER REFERENCES responses(id),
    UNIQUE (attempt, turn)
) STRICT;
CREATE INDEX generated_turns_text ON generated_turns(text_id, generation_id);

-- who is answering what just now, until when
CREATE TABLE generation_claims (
    system_id INTEGER NOT NULL REFERENCES systems(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    holder TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (system_id, text_id)
) STRICT, WITHOUT ROWID;

-- how likely a system finds the reference answers: exp(-logprob / tokens); `how` hashes model and template
CREATE TABLE perplexities (
    id INTEGER PRIMARY KEY,
    system_id INTEGER NOT NULL REFERENCES systems(id),
    text_id INTEGER NOT NULL REFERENCES texts(id),
    how TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    template TEXT NOT NULL,
    logprob REAL NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens > 0),
    perplexity REAL NOT NULL,
    seconds REAL,
    at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX perplexities_once ON perplexities(system_id, text_id, how);

CREATE VIEW spending AS
SELECT r.name AS run, g.name AS judge, count(*) AS judgments, sum(j.input_tokens) AS input_tokens,
    sum(j.output_tokens) AS output_tokens, sum(j.cost) AS dollars
FROM judgments j JOIN judges g ON g.id = j.judge_id JOIN pairs p ON p.id = j.pair_id JOIN runs r ON r.id = p.run_id
WHERE g.kind = 'llm' GROUP BY r.id, g.id;
