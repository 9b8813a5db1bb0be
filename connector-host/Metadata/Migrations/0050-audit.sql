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

CREATE TRIGGER audit_person_added AFTER INSERT ON people BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('added', 'person', NEW.id, NEW.name, json_object('name', NEW.name, 'role', NEW.role));
END;

CREATE TRIGGER audit_person_role AFTER UPDATE OF role ON people WHEN NEW.role <> OLD.role BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES ('role changed', 'person', NEW.id, NEW.name, json_object('role', OLD.role), json_object('role', NEW.role));
END;

CREATE TRIGGER audit_person_disabled AFTER UPDATE OF is_disabled ON people WHEN NEW.is_disabled <> OLD.is_disabled BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    VALUES (CASE NEW.is_disabled WHEN 0 THEN 'let in again' ELSE 'let in no more' END, 'person', NEW.id, NEW.name);
END;

CREATE TRIGGER audit_person_password AFTER UPDATE OF password_hash ON people WHEN NEW.password_hash IS NOT OLD.password_hash BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name) VALUES ('password set', 'person', NEW.id, NEW.name);
END;

CREATE TRIGGER audit_person_removed AFTER DELETE ON people BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('removed', 'person', OLD.id, OLD.name, json_object('name', OLD.name, 'role', OLD.role));
END;

CREATE TRIGGER audit_session_begun AFTER INSERT ON sessions BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    SELECT 'signed in', 'person', id, name FROM people WHERE id = NEW.person_id;
END;

CREATE TRIGGER audit_session_ended AFTER DELETE ON sessions BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name)
    SELECT 'session ended', 'person', id, name FROM people WHERE id = OLD.person_id;
END;

CREATE TRIGGER audit_link_made AFTER INSERT ON one_time_links BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('one-time link made', 'person', coalesce(NEW.person_id, ''), coalesce((SELECT name FROM people WHERE id = NEW.person_id), 'the first administrator'),
            json_object('for', NEW.purpose, 'expiresAt', NEW.expires_at));
END;

CREATE TRIGGER audit_token_made AFTER INSERT ON api_tokens BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT 'API token made', 'person', id, name, json_object('token', NEW.name, 'scopes', NEW.scopes, 'expiresAt', NEW.expires_at) FROM people WHERE id = NEW.person_id;
END;

CREATE TRIGGER audit_token_revoked AFTER DELETE ON api_tokens BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    SELECT 'API token revoked', 'person', id, name, json_object('token', OLD.name) FROM people WHERE id = OLD.person_id;
END;

CREATE TRIGGER audit_group_added AFTER INSERT ON person_groups BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name) VALUES ('added', 'group', NEW.id, NEW.name);
END;

CREATE TRIGGER audit_group_removed AFTER DELETE ON person_groups BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name) VALUES ('removed', 'group', OLD.id, OLD.name);
END;

CREATE TRIGGER audit_member_added AFTER INSERT ON group_members BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    SELECT 'member added', 'group', id, name, json_object('person', (SELECT name FROM people WHERE id = NEW.person_id)) FROM person_groups WHERE id = NEW.group_id;
END;

CREATE TRIGGER audit_member_removed AFTER DELETE ON group_members BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    SELECT 'member removed', 'group', id, name, json_object('person', (SELECT name FROM people WHERE id = OLD.person_id)) FROM person_groups WHERE id = OLD.group_id;
END;

CREATE TRIGGER audit_share_given AFTER INSERT ON shares BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after)
    VALUES ('share given', lower(NEW.kind), NEW.object_id, coalesce((SELECT name FROM datasets WHERE id = NEW.object_id), (SELECT name FROM accounts WHERE id = NEW.object_id), ''),
            json_object('to', coalesce((SELECT name FROM people WHERE id = NEW.holder_id), (SELECT name FROM person_groups WHERE id = NEW.holder_id)), 'level', NEW.level));
END;

CREATE TRIGGER audit_share_changed AFTER UPDATE ON shares WHEN NEW.level <> OLD.level OR NEW.holder_id <> OLD.holder_id BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after)
    VALUES ('share changed', lower(NEW.kind), NEW.object_id, coalesce((SELECT name FROM datasets WHERE id = NEW.object_id), (SELECT name FROM accounts WHERE id = NEW.object_id), ''),
            json_object('to', coalesce((SELECT name FROM people WHERE id = OLD.holder_id), (SELECT name FROM person_groups WHERE id = OLD.holder_id)), 'level', OLD.level),
            json_object('to', coalesce((SELECT name FROM people WHERE id = NEW.holder_id), (SELECT name FROM person_groups WHERE id = NEW.holder_id)), 'level', NEW.level));
END;

CREATE TRIGGER audit_share_taken AFTER DELETE ON shares BEGIN
    INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before)
    VALUES ('share taken', lower(OLD.kind), OLD.object_id, coalesce((SELECT name FROM datasets WHERE id = OLD.object_id), (SELECT name FROM accounts WHERE id = OLD.object_id), ''),
            json_object('to', coalesce((SELECT name FROM people WHERE id = OLD.holder_id), (SELECT name FROM person_groups WHERE id = OLD.holder_id)), 'level', OLD.level));
END;
