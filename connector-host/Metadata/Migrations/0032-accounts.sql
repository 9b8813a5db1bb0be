ALTER TABLE accounts ADD COLUMN checked_at TEXT NULL;
ALTER TABLE accounts ADD COLUMN check_failure TEXT NULL;
ALTER TABLE accounts ADD COLUMN is_refused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN expires_at TEXT NULL;

CREATE TABLE menu_labels (
    account_key TEXT NOT NULL,
    menu        TEXT NOT NULL,
    value       TEXT NOT NULL,
    label       TEXT NOT NULL,
    PRIMARY KEY (account_key, menu, value)
);
