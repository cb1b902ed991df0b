-- The constraints of 0005 and 0006 hold for old rows too: looked at here, in a transaction of its own, because
-- whoever only reads need not wait for it.
ALTER TABLE entries VALIDATE CONSTRAINT entries_hash_sha256;
ALTER TABLE entries VALIDATE CONSTRAINT entries_not_overdrawn;
ALTER TABLE outbox VALIDATE CONSTRAINT outbox_topic_known;
