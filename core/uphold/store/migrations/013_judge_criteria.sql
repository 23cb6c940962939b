-- What a judge says by each of its criteria.

-- the verdicts by criterion as a JSON object, candidate, baseline or tie by the name of the criterion; NULL where there are none
ALTER TABLE judgments ADD COLUMN criteria TEXT CHECK (json_valid(criteria));

-- a row for each verdict by a criterion that counts
CREATE VIEW criterion_verdicts AS
SELECT p.run_id, j.pair_id, g.name AS judge, j.judge_id, j.id AS judgment_id, j.answer_order, j.sample, c.key AS criterion,
    c.value AS verdict, j.verdict AS whole
FROM standing_judgments j JOIN judges g ON g.id = j.judge_id JOIN pairs p ON p.id = j.pair_id, json_each(j.criteria) c;
