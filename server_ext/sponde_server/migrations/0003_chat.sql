CREATE TABLE conversation (
    id VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);

CREATE TABLE message (
    id VARCHAR PRIMARY KEY,
    conversation_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    role VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    "references" VARCHAR NOT NULL,
    outputs VARCHAR NOT NULL,
    receipt VARCHAR,
    usage VARCHAR,
    failure VARCHAR,
    created_at TIMESTAMP NOT NULL
);
