CREATE TABLE queued_question (
    id VARCHAR PRIMARY KEY,
    conversation_id VARCHAR NOT NULL,
    after_id VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    person VARCHAR NOT NULL,
    asked_id VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);
