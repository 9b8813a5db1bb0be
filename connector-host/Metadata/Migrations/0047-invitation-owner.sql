-- Who has asked a colleague owns the account that the colleague connects.
ALTER TABLE account_invitations ADD COLUMN owner_id TEXT NULL;
