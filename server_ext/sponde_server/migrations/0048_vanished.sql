-- Since when a dataset's file is gone; what was known of it stays.
ALTER TABLE dataset ADD COLUMN gone_at TIMESTAMP;
