CREATE TABLE backfills (
    id                 TEXT PRIMARY KEY,
    dataset_id         TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    first_day          TEXT NOT NULL,
    last_day           TEXT NOT NULL,
    unit               TEXT NOT NULL,
    fields             TEXT NOT NULL,
    details_version    INTEGER NOT NULL,
    budget_requests    INTEGER NULL,
    budget_per_seconds INTEGER NULL,
    state              TEXT NOT NULL,
    reason             TEXT NULL,
    instance           TEXT NULL,
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL
);

CREATE UNIQUE INDEX backfills_one_at_a_time ON backfills (dataset_id) WHERE state IN ('Running', 'Paused');

CREATE TABLE backfill_slices (
    backfill_id  TEXT NOT NULL REFERENCES backfills (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    first_day    TEXT NOT NULL,
    last_day     TEXT NOT NULL,
    details      TEXT NOT NULL,
    state        TEXT NOT NULL,
    run_id       TEXT NULL,
    rows_written INTEGER NOT NULL DEFAULT 0,
    failure      TEXT NULL,
    PRIMARY KEY (backfill_id, number)
);
