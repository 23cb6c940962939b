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
