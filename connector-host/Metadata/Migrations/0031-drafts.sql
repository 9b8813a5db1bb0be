CREATE TABLE drafts (
    id         TEXT PRIMARY KEY,
    connector  TEXT NOT NULL,
    content    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE INDEX drafts_by_age ON drafts (updated_at);
