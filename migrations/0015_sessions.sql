-- A person sees their sessions, and one that was left alone for a while asks who is there.

-- Whose it is stands in what the session layer writes; here it can be looked up by.
ALTER TABLE sessions -- written anew, which is soon done: it holds the sessions of the last twelve hours
    -- squawk-ignore adding-field-with-default
    ADD COLUMN person uuid GENERATED ALWAYS AS ((data #>> '{axum-login.data,user_id}')::uuid) STORED,
    -- Nobody has said who they are since it was not used for a quarter of an hour.
    ADD COLUMN is_away boolean NOT NULL DEFAULT false;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX sessions_of_person ON sessions (person); -- few rows: those of the last twelve hours
