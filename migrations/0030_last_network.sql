SET LOCAL lock_timeout = '3s'; -- who waits for a lock keeps everybody waiting who comes after; run it again

-- From where a session is used, beside where it was begun: one that was stolen shows it, also when its owner is back at it.
ALTER TABLE sessions
    ADD COLUMN last_network text,   -- the last time; NULL: from where it was begun
    ADD COLUMN also_network text;   -- before that; NULL: from nowhere else
ALTER TABLE sessions ADD CONSTRAINT sessions_networks_short
    CHECK (length(last_network) <= 64 AND length(also_network) <= 64) NOT VALID;

ALTER TABLE ways_back VALIDATE CONSTRAINT ways_back_reminder_hash_sha256;
