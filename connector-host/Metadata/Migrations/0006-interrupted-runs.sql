ALTER TABLE runs ADD COLUMN phases TEXT NOT NULL DEFAULT '[]';

ALTER TABLE runs ADD COLUMN interruption TEXT NULL;

ALTER TABLE runs ADD COLUMN resumes TEXT NULL;

CREATE INDEX runs_interrupted ON runs (dataset_id) WHERE interruption IS NOT NULL;

-- An interrupted run is run again once, also when two servers start at the same time.
CREATE UNIQUE INDEX runs_resumed ON runs (resumes) WHERE resumes IS NOT NULL;
