-- What the filter from: asks for, a line each; written where sources are.
ALTER TABLE code_block ADD COLUMN sources VARCHAR DEFAULT '';

UPDATE code_block SET sources = coalesce(
    (SELECT chr(10) || string_agg(DISTINCT 'from:' || kind, chr(10)) || chr(10)
     FROM block_source WHERE block_source.block_id = code_block.id), '');
