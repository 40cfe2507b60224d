-- What happened. Nothing is ever changed or deleted here; the triggers hold that against mistakes,
-- the hash chain shows it against everything else.
CREATE TABLE entry (
    seq     INTEGER PRIMARY KEY CHECK (seq > 0),
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('payment', 'shop')),
    payment TEXT CHECK ((payment IS NULL) = (kind = 'shop')),
    body    TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX entry_of_payment ON entry (payment, seq) WHERE payment IS NOT NULL;
CREATE INDEX entry_of_shop ON entry (seq) WHERE kind = 'shop';

-- Also keeps out INSERT OR REPLACE, which deletes without asking the trigger on DELETE.
CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN
    SELECT RAISE(ABORT, 'an entry follows the last one');
END;
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is never changed');
END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is never deleted');
END;

-- Where each payment stands: entries applied, kept for fast reading, made again from them at will.
CREATE TABLE payment (
    seq             INTEGER PRIMARY KEY, -- of its request: newest first without trusting a clock
    id              TEXT NOT NULL, -- found through its first entry, so it needs no index
    order_ref       TEXT NOT NULL,
    attempt         INTEGER NOT NULL,
    account         TEXT NOT NULL,
    terminal        TEXT NOT NULL,
    minor           INTEGER NOT NULL,
    currency        TEXT NOT NULL,
    state           TEXT NOT NULL,
    is_open         INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    requested_at_ms INTEGER NOT NULL,
    changed_at_ms   INTEGER NOT NULL,
    ended_at_ms     INTEGER,
    body            TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX payment_of_order ON payment (order_ref, attempt);
-- Two writers can never have two open payments of one order.
CREATE UNIQUE INDEX payment_open ON payment (order_ref) WHERE is_open = 1;
CREATE INDEX payment_ended ON payment (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- touched: written to warm the log. room: filled and emptied again to see whether a full disk has
-- room once more.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
