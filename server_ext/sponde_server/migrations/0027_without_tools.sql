ALTER TABLE message ADD COLUMN without_tools BOOLEAN DEFAULT false;
