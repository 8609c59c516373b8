-- The portal's database as first released. Never changed afterwards: what comes later is a step of its own
-- (see STEPS in database.py). Instants are ISO 8601 in UTC with six decimals, so that they sort as text.

-- Each row is a person who may sign in.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    shown_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('city', 'coordinator', 'analyst', 'administrator')),
    city TEXT CHECK ((role = 'city') = (city IS NOT NULL)),
    language TEXT NOT NULL CHECK (language IN ('it', 'en', 'de')),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    password_hash TEXT,
    totp_salt BLOB,
    totp_last_step INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    last_signed_in_at TEXT
) STRICT;

-- Each row is an invitation that was not taken up yet; an account has one at most.
CREATE TABLE invitations (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    token_hash BLOB NOT NULL UNIQUE,
    expires_at TEXT NOT NULL
) STRICT;

-- Each row is a recovery code that was not used yet.
CREATE TABLE recovery_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) STRICT;

-- Each row is a session that was not ended.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    stage TEXT NOT NULL CHECK (stage IN ('password', 'full')),
    address TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account_id);

-- Each row is something tried by, or for, a subject, of which only a keyed digest is kept.
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject BLOB NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_of_subject ON attempts (subject, at);
CREATE INDEX attempts_by_time ON attempts (at);

-- Each row is something that someone did. Rows are never changed nor deleted.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    address TEXT NOT NULL,
    previous_digest TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_who ON audit (who, id);
CREATE INDEX audit_by_time ON audit (at);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never deleted');
END;

-- REPLACE deletes without the trigger above.
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
