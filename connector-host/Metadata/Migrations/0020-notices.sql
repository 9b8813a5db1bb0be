CREATE TABLE notice_rules (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    dataset_id TEXT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    causes     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    target     TEXT NOT NULL,
    secret     TEXT NOT NULL,
    subject    TEXT NULL,
    body       TEXT NULL,
    created_at TEXT NOT NULL
);

-- What is wrong now and has been told: an account that is refused, a DataSet that is late.
CREATE TABLE notice_troubles (
    id       TEXT PRIMARY KEY,
    subject  TEXT NOT NULL,
    since    TEXT NOT NULL,
    ended_at TEXT NULL,
    ended_by TEXT NULL
);

CREATE INDEX notice_troubles_by_subject ON notice_troubles (subject);
CREATE UNIQUE INDEX notice_troubles_open ON notice_troubles (subject) WHERE ended_at IS NULL;

CREATE TABLE notice_trouble_datasets (
    trouble_id TEXT NOT NULL REFERENCES notice_troubles (id) ON DELETE CASCADE,
    dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    occasion   TEXT NOT NULL,
    PRIMARY KEY (trouble_id, dataset_id)
) WITHOUT ROWID;

CREATE INDEX notice_trouble_occasions ON notice_trouble_datasets (occasion);

-- One notice for each rule and grouping, whatever is told twice.
CREATE TABLE notice_outbox (
    id            TEXT PRIMARY KEY,
    rule_id       TEXT NOT NULL REFERENCES notice_rules (id) ON DELETE CASCADE,
    grouping      TEXT NOT NULL,
    cause         TEXT NOT NULL,
    account       TEXT NULL,
    since         TEXT NULL,
    items         TEXT NOT NULL,
    has_more      INTEGER NOT NULL DEFAULT 0,
    state         TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    due_at        TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    claimed_by    TEXT NULL,
    claimed_until TEXT NULL,
    ended_at      TEXT NULL,
    answer        TEXT NULL,
    UNIQUE (rule_id, grouping)
);

CREATE INDEX notice_outbox_waiting ON notice_outbox (due_at) WHERE state = 'Waiting';
CREATE INDEX notice_outbox_claimed ON notice_outbox (rule_id, claimed_until) WHERE state = 'Waiting';

CREATE TABLE notice_attempts (
    notice_id TEXT NOT NULL REFERENCES notice_outbox (id) ON DELETE CASCADE,
    attempt   INTEGER NOT NULL,
    at        TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    answer    TEXT NOT NULL,
    PRIMARY KEY (notice_id, attempt)
) WITHOUT ROWID;

-- Runs that ended and have not been looked at for notices. The trigger writes in the transaction that ends the run: no crash comes between.
CREATE TABLE notice_ended_runs (
    run_id     TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    state      TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    PRIMARY KEY (run_id, state)
);

CREATE TRIGGER notice_run_ended AFTER UPDATE OF state ON runs
WHEN NEW.state <> OLD.state AND NEW.state NOT IN ('Queued', 'Running') AND EXISTS (SELECT 1 FROM notice_rules)
BEGIN
    INSERT OR IGNORE INTO notice_ended_runs (run_id, state, dataset_id) VALUES (NEW.id, NEW.state, NEW.dataset_id);
END;
