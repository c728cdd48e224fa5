CREATE TABLE checkpoint (
    id VARCHAR PRIMARY KEY,
    message_id VARCHAR NOT NULL,
    conversation_id VARCHAR NOT NULL,
    files VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    is_made BOOLEAN NOT NULL,
    undoes VARCHAR NOT NULL,
    went_back VARCHAR NOT NULL,
    went_back_at TIMESTAMP,
    restoring VARCHAR NOT NULL
);
CREATE TABLE checkpoint_piece (
    checkpoint_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    bytes BIGINT NOT NULL
);
