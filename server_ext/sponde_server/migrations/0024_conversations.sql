CREATE TABLE folder (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    parent_id VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

ALTER TABLE conversation ADD COLUMN folder_id VARCHAR DEFAULT '';

ALTER TABLE conversation ADD COLUMN is_pinned BOOLEAN DEFAULT false;

ALTER TABLE conversation ADD COLUMN is_archived BOOLEAN DEFAULT false;

-- What a person called them before is not known: titles that stand stay as they are.
ALTER TABLE conversation ADD COLUMN is_named BOOLEAN DEFAULT true;

ALTER TABLE conversation ADD COLUMN is_unread BOOLEAN DEFAULT false;
