ALTER TABLE provider ADD COLUMN context_lengths VARCHAR DEFAULT '{}';
