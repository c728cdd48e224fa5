-- Which sheet of a workbook, or file of an archive, a dataset is.
ALTER TABLE dataset ADD COLUMN part VARCHAR DEFAULT '';
