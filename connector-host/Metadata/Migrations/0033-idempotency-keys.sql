CREATE TABLE idempotency_keys (
    -- Hashes: whoever reads the table learns neither the key nor, where it is a secret, the body.
    key_hash     TEXT PRIMARY KEY,
    request_hash TEXT NOT NULL,
    -- The process that does what was asked for.
    instance     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    -- NULL while it is under way.
    status       INTEGER NULL,
    headers      TEXT NULL,
    body         TEXT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
