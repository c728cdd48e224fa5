CREATE TABLE persona (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    instructions VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    icon VARCHAR NOT NULL,
    colour VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    tools VARCHAR,
    is_built_in BOOLEAN NOT NULL,
    is_changed BOOLEAN NOT NULL,
    removed_at TIMESTAMP,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE template (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    variables VARCHAR NOT NULL,
    removed_at TIMESTAMP,
    updated_at TIMESTAMP NOT NULL
);

ALTER TABLE message ADD COLUMN persona_id VARCHAR DEFAULT '';

ALTER TABLE conversation ADD COLUMN persona_id VARCHAR DEFAULT '';
