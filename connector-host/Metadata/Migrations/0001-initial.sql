CREATE TABLE accounts (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    connector   TEXT NOT NULL,
    identity    TEXT NULL,
    credentials TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
);

CREATE TABLE datasets (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE COLLATE NOCASE,
    connector     TEXT NOT NULL,
    account_id    TEXT NULL REFERENCES accounts (id),
    details       TEXT NOT NULL,
    update_method TEXT NOT NULL,
    last_fence    INTEGER NOT NULL DEFAULT 0,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL
);

CREATE TABLE runs (
    id                TEXT PRIMARY KEY,
    dataset_id        TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    fence             INTEGER NOT NULL,
    instance          TEXT NOT NULL,
    trigger_kind      TEXT NOT NULL,
    connector_version TEXT NOT NULL,
    details           TEXT NOT NULL,
    update_method     TEXT NOT NULL,
    state             TEXT NOT NULL,
    phase             TEXT NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 1,
    started_at        TEXT NOT NULL,
    ended_at          TEXT NULL,
    rows_read         INTEGER NOT NULL DEFAULT 0,
    rows_written      INTEGER NOT NULL DEFAULT 0,
    rows_removed      INTEGER NOT NULL DEFAULT 0,
    rows_rejected     INTEGER NOT NULL DEFAULT 0,
    bytes_received    INTEGER NOT NULL DEFAULT 0,
    requests          INTEGER NOT NULL DEFAULT 0,
    waited_ms         INTEGER NOT NULL DEFAULT 0,
    warnings          TEXT NOT NULL DEFAULT '[]',
    failure_kind      TEXT NULL,
    failure_message   TEXT NULL
);

CREATE INDEX runs_by_dataset ON runs (dataset_id, fence);
CREATE INDEX runs_unfinished ON runs (state) WHERE state IN ('Queued', 'Running');
