CREATE TABLE people (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role          TEXT NOT NULL,
    is_disabled   INTEGER NOT NULL DEFAULT 0,
    password_hash TEXT NULL,
    -- Of the OpenID provider that vouches for the person; both or neither.
    issuer        TEXT NULL,
    subject       TEXT NULL,
    created_at    TEXT NOT NULL,
    last_seen_at  TEXT NULL
);

CREATE UNIQUE INDEX people_by_subject ON people (issuer, subject) WHERE subject IS NOT NULL;

-- Of every key that is given out only the hash is kept.
CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    key_hash     TEXT NOT NULL UNIQUE,
    person_id    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    address      TEXT NOT NULL,
    agent        TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
);

CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE TABLE one_time_links (
    key_hash   TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    person_id  TEXT NULL REFERENCES people (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sign_in_attempts (
    origin       TEXT PRIMARY KEY,
    count        INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    locked_until TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE api_tokens (
    id           TEXT PRIMARY KEY,
    key_hash     TEXT NOT NULL UNIQUE,
    person_id    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    start        TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    last_used_at TEXT NULL
);

CREATE INDEX api_tokens_by_person ON api_tokens (person_id);
