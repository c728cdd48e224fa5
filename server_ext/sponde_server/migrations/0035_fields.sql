-- The values of a block's code that are filled in when it is used, with their places in the code.
ALTER TABLE code_block ADD COLUMN fields VARCHAR DEFAULT '[]';

ALTER TABLE revision ADD COLUMN fields VARCHAR DEFAULT '[]';

-- What remains of a code without its values: blocks that share it differ in nothing but values.
ALTER TABLE block_near ADD COLUMN shape UBIGINT;

-- What a block was before it was given fields, and the twins that went up in it.
CREATE TABLE field_change (
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    presets VARCHAR NOT NULL,
    twin_ids VARCHAR NOT NULL,
    source_ids VARCHAR NOT NULL,
    use_ids VARCHAR NOT NULL,
    revision_ids VARCHAR NOT NULL,
    tags VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL
);

-- The values that were filled in last.
CREATE TABLE field_values (
    block_id VARCHAR PRIMARY KEY,
    "values" VARCHAR NOT NULL
);
