-- Since when the account has been as the last check found it.
ALTER TABLE accounts ADD COLUMN state_since TEXT NULL;
-- Until when the source asked not to come back.
ALTER TABLE accounts ADD COLUMN limited_until TEXT NULL;
-- When the server asks the source next whether the account works.
ALTER TABLE accounts ADD COLUMN probe_at TEXT NULL;

-- Links by which colleagues are asked to connect an account of theirs. The token is kept as a hash.
CREATE TABLE account_invitations (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    connector  TEXT NOT NULL,
    account_id TEXT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT NULL
) WITHOUT ROWID;
