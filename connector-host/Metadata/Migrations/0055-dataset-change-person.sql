-- Whose change it was; null where nobody signs in, and for what was changed before this was kept.
ALTER TABLE dataset_changes ADD COLUMN changed_by TEXT NULL;
