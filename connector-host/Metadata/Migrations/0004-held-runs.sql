-- Asked before each run: does one wait for approval?
CREATE INDEX runs_held ON runs (dataset_id) WHERE state = 'Held';
