"""The library as files in a folder, under git."""
