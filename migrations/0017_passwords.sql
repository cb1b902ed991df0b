-- A password that is hashed anew, because what a hash costs has changed, is still the same password: its sessions go on.
ALTER TABLE password_credentials
    -- SHA-256 of its first hash, by which its sessions know it, where that is not the hash that stands here.
    ADD COLUMN known_by bytea;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE password_credentials ADD CONSTRAINT password_credentials_known_by_sha256
    CHECK (octet_length(known_by) = 32); -- the column was added above and is empty
