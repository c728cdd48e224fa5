CREATE TABLE activity (
    id VARCHAR PRIMARY KEY,
    happened_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    level VARCHAR NOT NULL
);
