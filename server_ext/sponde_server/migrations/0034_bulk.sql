-- Who replaced a text, and how. Empty: written before this was noted.
ALTER TABLE revision ADD COLUMN changed_by VARCHAR DEFAULT '';

ALTER TABLE revision ADD COLUMN cause VARCHAR DEFAULT 'edit';

-- What was done to many blocks at once, with what each was before: what an undo goes by.
CREATE TABLE bulk_change (
    id VARCHAR PRIMARY KEY,
    deed VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP
);
