"""Finding blocks: as one types, by words, parts of words and meaning."""
