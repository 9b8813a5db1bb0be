CREATE TABLE person_groups (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
);

CREATE TABLE group_members (
    group_id  TEXT NOT NULL REFERENCES person_groups (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, person_id)
) WITHOUT ROWID;

-- kind: DataSet or Account. holder_id: a person or a group. level: 1 to look at or to use, 2 to change, 3 to own.
CREATE TABLE shares (
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    level     INTEGER NOT NULL,
    PRIMARY KEY (kind, object_id, holder_id)
) WITHOUT ROWID;

CREATE INDEX shares_by_holder ON shares (holder_id);

CREATE TRIGGER datasets_shared AFTER DELETE ON datasets BEGIN DELETE FROM shares WHERE kind = 'DataSet' AND object_id = OLD.id; END;
CREATE TRIGGER accounts_shared AFTER DELETE ON accounts BEGIN DELETE FROM shares WHERE kind = 'Account' AND object_id = OLD.id; END;
CREATE TRIGGER groups_shared AFTER DELETE ON person_groups BEGIN DELETE FROM shares WHERE holder_id = OLD.id; END;

CREATE VIEW given_rights AS
SELECT kind, object_id, holder_id AS person_id, level FROM shares
UNION ALL
SELECT kind, object_id, person_id, level FROM shares JOIN group_members ON group_id = holder_id;

-- Who may change a DataSet chooses what it reads, and so uses its account.
CREATE VIEW rights AS
SELECT kind, object_id, person_id, level FROM given_rights
UNION ALL
SELECT 'Account', account_id, person_id, 1 FROM given_rights JOIN datasets ON datasets.id = object_id WHERE kind = 'DataSet' AND level >= 2 AND account_id IS NOT NULL;

ALTER TABLE drafts ADD COLUMN owner_id TEXT NULL;
