CREATE TABLE receipt (
    id VARCHAR PRIMARY KEY,
    content VARCHAR NOT NULL
);

INSERT INTO receipt SELECT id, receipt FROM message WHERE receipt IS NOT NULL;

UPDATE message SET receipt = json_merge_patch(receipt, '{"turns": null}')
WHERE receipt IS NOT NULL;

ALTER TABLE message ADD COLUMN model_id VARCHAR DEFAULT '';

ALTER TABLE message ADD COLUMN round_id VARCHAR DEFAULT '';

ALTER TABLE message ADD COLUMN kept_id VARCHAR DEFAULT '';

ALTER TABLE message ADD COLUMN is_blind BOOLEAN DEFAULT false;

ALTER TABLE message ADD COLUMN took VARCHAR;

CREATE TABLE rating (
    id VARCHAR PRIMARY KEY,
    conversation_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    reasons VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    rated_at TIMESTAMP NOT NULL
);

CREATE TABLE replay (
    id VARCHAR PRIMARY KEY,
    source_id VARCHAR NOT NULL,
    leaf_id VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    status VARCHAR NOT NULL,
    failure VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);
