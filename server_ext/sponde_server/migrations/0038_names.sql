-- plain_name: the name as names are compared, in lower case and with _ for -.
ALTER TABLE code_block ADD COLUMN plain_name VARCHAR DEFAULT '';
UPDATE code_block SET plain_name = replace(lower_name, '-', '_');
