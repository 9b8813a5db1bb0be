-- Old lines go only below a cut, which is a line itself: it says where the log begins from then on, and the hash that its first line follows.
DROP TRIGGER audit_is_not_cut;

CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit
WHEN OLD.sequence > coalesce((SELECT max(CAST(subject_id AS INTEGER)) FROM audit WHERE subject_kind = 'audit' AND action = 'cut'), 0)
BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END;
