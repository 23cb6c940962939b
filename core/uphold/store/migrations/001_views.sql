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
JOIN text_turns t ON t.text_id = e.text_id AND t.turn = p.turn AND t.prefix = p.prefix
WHERE NOT EXISTS (
    SELECT 1 FROM replaced r
    WHERE r.response_id IN (p.candidate_response_id, p.baseline_response_id) AND r.from_turn <= p.turn
);

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

CREATE VIEW broken_pairs AS
SELECT pair_id FROM (
    SELECT pair_id, kind, max(seq) FROM acts_in_force WHERE kind IN ('broken', 'unbroken') GROUP BY pair_id
) WHERE kind = 'broken';

-- both-bad counts as a tie; the word with most votes wins; a draw for first place is unresolved
CREATE VIEW human_labels AS
SELECT pair_id, votes,
    CASE WHEN candidate > baseline AND candidate > ties THEN 'candidate'
         WHEN baseline > candidate AND baseline > ties THEN 'baseline'
         WHEN ties > candidate AND ties > baseline THEN 'tie'
         ELSE 'unresolved' END AS label
FROM (
    SELECT pair_id, count(*) AS votes, sum(choice = 'candidate') AS candidate, sum(choice = 'baseline') AS baseline,
        sum(choice IN ('tie', 'both-bad')) AS ties
    FROM current_decisions GROUP BY pair_id
);

-- the word of each order: its readable samples vote, a draw is a tie
CREATE VIEW order_words AS
SELECT j.judge_id, j.pair_id, p.run_id, j."order",
    CASE WHEN a.samples > j.samples THEN 'missing'
         WHEN j.readable = 0 THEN CASE WHEN j.failed > 0 THEN 'failed' ELSE 'unreadable' END
         WHEN j.candidate > j.baseline AND j.candidate > j.ties THEN 'candidate'
         WHEN j.baseline > j.candidate AND j.baseline > j.ties THEN 'baseline'
         ELSE 'tie' END AS word
FROM (
    SELECT judge_id, pair_id, "order", count(*) AS samples, sum(status = 'readable') AS readable,
        sum(status = 'failed') AS failed, sum(verdict IS 'candidate') AS candidate,
        sum(verdict IS 'baseline') AS baseline, sum(verdict IS 'tie') AS ties
    FROM judgments WHERE superseded_by IS NULL GROUP BY judge_id, pair_id, "order"
) j
JOIN pairs p ON p.id = j.pair_id
LEFT JOIN asked a ON a.run_id = p.run_id AND a.judge_id = j.judge_id AND a."order" = j."order";

CREATE VIEW verdicts AS
SELECT judge_id, pair_id, run_id,
    CASE WHEN max(word = 'failed') THEN 'failed'
         WHEN max(word = 'unreadable') THEN 'unreadable'
         WHEN max(word = 'missing') OR count(*) < (
             SELECT count(*) FROM asked a
             WHERE a.run_id = order_words.run_id AND a.judge_id = order_words.judge_id AND a.samples > 0
         ) THEN 'pending'
         WHEN min(word) = max(word) THEN min(word)
         ELSE 'inconsistent' END AS verdict,
    max(CASE WHEN "order" = 'candidate-first' THEN word END) AS candidate_first,
    max(CASE WHEN "order" = 'baseline-first' THEN word END) AS baseline_first
FROM order_words GROUP BY judge_id, pair_id;

CREATE VIEW win_loss AS
SELECT r.name AS run, x.key, p.turn, j.name AS judge, v.verdict, h.label AS human, h.votes
FROM current_pairs p
JOIN runs r ON r.id = p.run_id
JOIN examples x ON x.id = p.example_id
LEFT JOIN verdicts v ON v.pair_id = p.id
LEFT JOIN judges j ON j.id = v.judge_id
LEFT JOIN human_labels h ON h.pair_id = p.id;

CREATE VIEW readable_pairs AS
SELECT p.id AS pair_id, r.name AS run, s.name AS "set", x.key, p.turn, json_extract(t.turns, '$[' || (p.turn - 1) || ']') AS instruction,
    c.name AS candidate, json_extract(rc.cells, '$[' || (p.turn - 1) || ']') AS candidate_answer,
    b.name AS baseline, json_extract(rb.cells, '$[' || (p.turn - 1) || ']') AS baseline_answer
FROM pairs p
JOIN runs r ON r.id = p.run_id
JOIN sets s ON s.id = r.set_id
JOIN examples x ON x.id = p.example_id
JOIN texts t ON t.id = p.text_id
JOIN systems c ON c.id = r.candidate_id
JOIN systems b ON b.id = r.baseline_id
JOIN responses rc ON rc.id = p.candidate_response_id
JOIN responses rb ON rb.id = p.baseline_response_id;
