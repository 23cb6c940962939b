-- What a set's numbers rest on, what programs decided, and what was learnt about model servers.

-- the random word that separates the parts of a judge's prompts; kept, so that prompts begin alike and a server's prefix cache
-- can serve them; not part of the version. Null for rules and imported judges, and for models not asked since
ALTER TABLE judges ADD COLUMN fence TEXT;
