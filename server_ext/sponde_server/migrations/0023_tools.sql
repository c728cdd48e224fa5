CREATE TABLE permission (
    id VARCHAR PRIMARY KEY,
    tool VARCHAR NOT NULL,
    allowance VARCHAR NOT NULL,
    conversation_id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE tool_server (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    command VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    secrets VARCHAR NOT NULL,
    is_on BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);
