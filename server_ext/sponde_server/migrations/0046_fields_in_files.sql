-- Fields stand in the heads of files now: blocks that have some are written anew.
UPDATE code_block SET change = nextval('code_block_change')
WHERE fields <> '[]' AND removed_at IS NULL;
