-- Grows with every change, so that the second of two editors hears of the first.
ALTER TABLE datasets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE dataset_changes (
    id         TEXT PRIMARY KEY,
    dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    changed_at TEXT NOT NULL,
    origin     TEXT NOT NULL,
    fields     TEXT NOT NULL
);

CREATE INDEX dataset_changes_by_dataset ON dataset_changes (dataset_id, changed_at);
