-- A token that was made with another one goes with it: who revokes a token that has leaked ends also what was made with it.
ALTER TABLE api_tokens ADD COLUMN made_by TEXT NULL REFERENCES api_tokens (id) ON DELETE CASCADE;

CREATE INDEX api_tokens_by_maker ON api_tokens (made_by) WHERE made_by IS NOT NULL;
