ALTER TABLE datasets ADD COLUMN description TEXT NOT NULL DEFAULT '';

ALTER TABLE datasets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

-- How many rows the DataSet has, for lists of many: their files are not opened.
ALTER TABLE datasets ADD COLUMN row_count INTEGER NOT NULL DEFAULT 0;

UPDATE datasets SET row_count = max(0, (SELECT coalesce(sum(rows_written - rows_changed - rows_removed), 0) FROM runs WHERE dataset_id = datasets.id));

CREATE TRIGGER datasets_counted AFTER UPDATE OF rows_written, rows_changed, rows_removed ON runs
WHEN NEW.rows_written - NEW.rows_changed - NEW.rows_removed <> OLD.rows_written - OLD.rows_changed - OLD.rows_removed
BEGIN
    UPDATE datasets SET row_count = row_count + (NEW.rows_written - NEW.rows_changed - NEW.rows_removed) - (OLD.rows_written - OLD.rows_changed - OLD.rows_removed)
    WHERE id = NEW.dataset_id;
END;
