-- With the line that tells of a cut go the lines of which it tells: one never without the other.
CREATE TRIGGER audit_is_cut AFTER INSERT ON audit WHEN NEW.subject_kind = 'audit' AND NEW.action = 'cut'
BEGIN DELETE FROM audit WHERE sequence <= CAST(NEW.subject_id AS INTEGER); END;
