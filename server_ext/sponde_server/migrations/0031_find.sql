-- What a search looks at, made when a block is written; NULL where that is still to be done.
-- change: grows with every write, so that an index knows what it does not have yet.
CREATE SEQUENCE code_block_change;

ALTER TABLE code_block ADD COLUMN words VARCHAR;

ALTER TABLE code_block ADD COLUMN "keys" VARCHAR;

ALTER TABLE code_block ADD COLUMN lower_defines VARCHAR;

ALTER TABLE code_block ADD COLUMN quality BIGINT;

ALTER TABLE code_block ADD COLUMN change BIGINT DEFAULT 0;
