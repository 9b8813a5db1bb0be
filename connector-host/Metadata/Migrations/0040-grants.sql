-- What the operator has registered at a source, so that its users can sign in there.
CREATE TABLE oauth_clients (
    connector     TEXT PRIMARY KEY,
    client_id     TEXT NOT NULL,
    client_secret TEXT NULL,
    updated_at    TEXT NOT NULL
) WITHOUT ROWID;

-- Sign-ins that have begun. The state is kept as a hash: who reads the store cannot end somebody's sign-in.
CREATE TABLE pending_sign_ins (
    id           TEXT PRIMARY KEY,
    state_hash   TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL,
    connector    TEXT NOT NULL,
    content      TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    used_at      TEXT NULL,
    outcome      TEXT NULL
) WITHOUT ROWID;

-- What sources have granted to accounts. The version rises with every change; the lease says who is refreshing.
CREATE TABLE grants (
    account_id  TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    tokens      TEXT NOT NULL,
    version     INTEGER NOT NULL,
    granted_at  TEXT NOT NULL,
    lease_owner TEXT NULL,
    lease_until TEXT NULL
) WITHOUT ROWID;
