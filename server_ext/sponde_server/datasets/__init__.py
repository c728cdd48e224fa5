"""Files that people talk about."""
