-- From where a session was last used, beside where it was begun: one that was stolen shows it. NULL: from where it was begun.
ALTER TABLE sessions ADD COLUMN last_network text;
ALTER TABLE sessions ADD CONSTRAINT sessions_last_network_short CHECK (length(last_network) <= 64) NOT VALID;

ALTER TABLE ways_back VALIDATE CONSTRAINT ways_back_reminder_hash_sha256;
