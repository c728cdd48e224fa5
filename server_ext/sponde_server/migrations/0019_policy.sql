ALTER TABLE dataset ADD COLUMN policy VARCHAR DEFAULT 'statistics';

ALTER TABLE dataset ADD COLUMN policy_rows INTEGER DEFAULT 20;

CREATE TABLE token_rate (
    model_id VARCHAR PRIMARY KEY,
    rate DOUBLE NOT NULL,
    answers BIGINT NOT NULL
);
