"""A file as a table: how it is written, what had to be opened or mended, what does not fit."""
