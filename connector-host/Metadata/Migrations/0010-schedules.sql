CREATE TABLE schedules (
    id           TEXT PRIMARY KEY,
    dataset_id   TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    recurrence   TEXT NOT NULL,
    zone         TEXT NOT NULL,
    starts_at    TEXT NULL,
    ends_at      TEXT NULL,
    blackout     TEXT NOT NULL,
    jitter_s     INTEGER NOT NULL,
    missed       TEXT NOT NULL,
    most_missed  INTEGER NOT NULL,
    overlap      TEXT NOT NULL,
    is_paused    INTEGER NOT NULL DEFAULT 0,
    created_at   TEXT NOT NULL,
    -- Every fire up to here has its line in the log.
    accounted_to TEXT NOT NULL
);

CREATE INDEX schedules_by_dataset ON schedules (dataset_id);

-- Grows with every change that another process must notice; not with accounted_to, which changes with every fire.
CREATE TABLE schedule_revision (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision INTEGER NOT NULL
);

INSERT INTO schedule_revision VALUES (1, 0);

CREATE TRIGGER schedules_added AFTER INSERT ON schedules BEGIN UPDATE schedule_revision SET revision = revision + 1; END;

CREATE TRIGGER schedules_removed AFTER DELETE ON schedules BEGIN UPDATE schedule_revision SET revision = revision + 1; END;

CREATE TRIGGER schedules_changed AFTER UPDATE OF recurrence, zone, starts_at, ends_at, blackout, jitter_s, missed, most_missed, overlap, is_paused ON schedules
BEGIN UPDATE schedule_revision SET revision = revision + 1; END;

CREATE TABLE schedule_log (
    id          TEXT PRIMARY KEY,
    dataset_id  TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    schedule_id TEXT NULL,
    at          TEXT NOT NULL,
    last_at     TEXT NOT NULL,
    fires       INTEGER NOT NULL,
    logged_at   TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    run_id      TEXT NULL,
    message     TEXT NOT NULL
);

CREATE INDEX schedule_log_by_dataset ON schedule_log (dataset_id, logged_at);

CREATE INDEX schedule_log_unfinished ON schedule_log (outcome) WHERE outcome IN ('Started', 'Waiting');

CREATE TABLE freshness (
    dataset_id TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    max_age_s  INTEGER NOT NULL,
    since      TEXT NOT NULL,
    late_since TEXT NULL
);
