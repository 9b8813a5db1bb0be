-- Who did what when. Lines are added and never changed; each has the hash of itself and of the line before, so that a cut shows.
CREATE TABLE audit (
    sequence     INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor_id     TEXT NULL,
    actor_name   TEXT NOT NULL,
    address      TEXT NULL,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    before       TEXT NULL,
    after        TEXT NULL,
    hash         TEXT NOT NULL
);

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_subject ON audit (subject_id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END;

CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log is only added to.'); END;

-- What the transaction under way has changed. The host makes lines of it before it commits: only it knows who asked. Whatever else
-- writes into this file leaves its changes here, and the next line tells of them.
CREATE TABLE audit_changes (
    number       INTEGER PRIMARY KEY,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    before       TEXT NULL,
    after        TEXT NULL
);

CREATE TRIGGER audit_account_added AFTER INSERT ON accounts BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('added', 'account', NEW.id, NEW.name, json_object('name', NEW.name, 'connector', NEW.connector, 'credentials', '•••'));
END;

CREATE TRIGGER audit_account_renamed AFTER UPDATE OF name ON accounts WHEN NEW.name IS NOT OLD.name BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES ('renamed', 'account', NEW.id, NEW.name, json_object('name', OLD.name), json_object('name', NEW.name));
END;

CREATE TRIGGER audit_account_replaced AFTER UPDATE OF credentials ON accounts WHEN NEW.credentials IS NOT OLD.credentials BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES (CASE WHEN NEW.updated_at IS OLD.updated_at THEN 'credentials encrypted anew' ELSE 'credentials replaced' END,
            'account', NEW.id, NEW.name, json_object('credentials', '•••'), json_object('credentials', '•••'));
END;

CREATE TRIGGER audit_account_removed AFTER DELETE ON accounts BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('removed', 'account', OLD.id, OLD.name, json_object('name', OLD.name, 'connector', OLD.connector, 'credentials', '•••'));
END;

CREATE TRIGGER audit_grant_made AFTER INSERT ON grants BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    SELECT 'access granted', 'account', id, name FROM accounts WHERE id = NEW.account_id;
END;

CREATE TRIGGER audit_grant_changed AFTER UPDATE OF tokens ON grants WHEN NEW.version <> OLD.version BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    SELECT 'access renewed', 'account', id, name FROM accounts WHERE id = NEW.account_id;
END;

CREATE TRIGGER audit_grant_removed AFTER DELETE ON grants BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    SELECT 'access given up', 'account', id, name FROM accounts WHERE id = OLD.account_id;
END;

CREATE TRIGGER audit_invitation_made AFTER INSERT ON account_invitations BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('colleague asked', 'account', coalesce(NEW.account_id, NEW.id), coalesce((SELECT name FROM accounts WHERE id = NEW.account_id), 'a new account'),
            json_object('connector', NEW.connector, 'expiresAt', NEW.expires_at));
END;

CREATE TRIGGER audit_invitation_used AFTER UPDATE OF used_at ON account_invitations WHEN NEW.used_at IS NOT OLD.used_at AND NEW.used_at IS NOT NULL BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('colleague''s link used', 'account', coalesce(NEW.account_id, NEW.id), coalesce((SELECT name FROM accounts WHERE id = NEW.account_id), 'a new account'),
            json_object('connector', NEW.connector));
END;

CREATE TRIGGER audit_oauth_client_made AFTER INSERT ON oauth_clients BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('OAuth client set', 'connector', NEW.connector, NEW.connector, json_object('clientId', NEW.client_id, 'clientSecret', iif(NEW.client_secret IS NULL, NULL, '•••')));
END;

CREATE TRIGGER audit_oauth_client_changed AFTER UPDATE ON oauth_clients WHEN NEW.updated_at IS NOT OLD.updated_at BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES ('OAuth client set', 'connector', NEW.connector, NEW.connector,
            json_object('clientId', OLD.client_id, 'clientSecret', iif(OLD.client_secret IS NULL, NULL, '•••')),
            json_object('clientId', NEW.client_id, 'clientSecret', iif(NEW.client_secret IS NULL, NULL, '•••')));
END;

CREATE TRIGGER audit_oauth_client_removed AFTER DELETE ON oauth_clients BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('OAuth client removed', 'connector', OLD.connector, OLD.connector, json_object('clientId', OLD.client_id, 'clientSecret', iif(OLD.client_secret IS NULL, NULL, '•••')));
END;

-- Details are not told whole, as a form may ask for secrets in them; their changes come from the history, which hides those.
CREATE TRIGGER audit_dataset_added AFTER INSERT ON datasets BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('added', 'dataset', NEW.id, NEW.name, json_object('name', NEW.name, 'connector', NEW.connector, 'account', NEW.account_id, 'updateMethod', NEW.update_method));
END;

CREATE TRIGGER audit_dataset_removed AFTER DELETE ON datasets BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('removed', 'dataset', OLD.id, OLD.name, json_object('name', OLD.name, 'connector', OLD.connector, 'account', OLD.account_id, 'updateMethod', OLD.update_method));
END;

CREATE TRIGGER audit_dataset_changed AFTER INSERT ON dataset_changes BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    SELECT 'changed', 'dataset', id, name,
           (SELECT json_group_array(json_object(value ->> 'Field', value ->> 'Before')) FROM json_each(NEW.fields)),
           (SELECT json_group_array(json_object(value ->> 'Field', value ->> 'After')) FROM json_each(NEW.fields))
    FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_run_asked AFTER INSERT ON runs WHEN NEW.trigger_kind IN ('Manual', 'Undo', 'Replay') BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT CASE NEW.trigger_kind WHEN 'Undo' THEN 'last run undone' WHEN 'Replay' THEN 'quarantine replayed' ELSE 'run' END, 'dataset', id, name, json_object('run', NEW.id)
    FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_run_cancelled AFTER UPDATE OF cancel_asked ON runs WHEN NEW.cancel_asked <> OLD.cancel_asked BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT 'run cancelled', 'dataset', id, name, json_object('run', NEW.id) FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_run_settled AFTER UPDATE OF state ON runs WHEN OLD.state = 'Held' AND NEW.state <> 'Held' BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT CASE NEW.state WHEN 'Cancelled' THEN 'held run rejected' ELSE 'held run approved' END, 'dataset', id, name, json_object('run', NEW.id)
    FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_backfill_begun AFTER INSERT ON backfills BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT 'backfill begun', 'dataset', id, name, json_object('from', NEW.first_day, 'to', NEW.last_day) FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_backfill_moved AFTER UPDATE OF state ON backfills WHEN NEW.state <> OLD.state BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    SELECT 'backfill changed', 'dataset', id, name, json_object('state', OLD.state), json_object('state', NEW.state) FROM datasets WHERE id = NEW.dataset_id;
END;

CREATE TRIGGER audit_notice_rule_added AFTER INSERT ON notice_rules BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('added', 'notice rule', NEW.id, NEW.name, json_object('channel', NEW.channel, 'causes', json(NEW.causes), 'target', json(NEW.target), 'secret', '•••'));
END;

CREATE TRIGGER audit_notice_rule_removed AFTER DELETE ON notice_rules BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('removed', 'notice rule', OLD.id, OLD.name, json_object('channel', OLD.channel, 'causes', json(OLD.causes), 'target', json(OLD.target), 'secret', '•••'));
END;

-- A setting that is not known here may be a secret.
CREATE TRIGGER audit_setting_made AFTER INSERT ON platform_settings BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('changed', 'setting', NEW.name, NEW.name, json_object('value', CASE NEW.name WHEN 'zone' THEN NEW.value ELSE '•••' END));
END;

CREATE TRIGGER audit_setting_changed AFTER UPDATE OF value ON platform_settings WHEN NEW.value IS NOT OLD.value BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES ('changed', 'setting', NEW.name, NEW.name,
            json_object('value', CASE OLD.name WHEN 'zone' THEN OLD.value ELSE '•••' END),
            json_object('value', CASE NEW.name WHEN 'zone' THEN NEW.value ELSE '•••' END));
END;

CREATE TRIGGER audit_setting_removed AFTER DELETE ON platform_settings BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('removed', 'setting', OLD.name, OLD.name, json_object('value', CASE OLD.name WHEN 'zone' THEN OLD.value ELSE '•••' END));
END;
