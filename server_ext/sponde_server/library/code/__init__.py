"""What code says by itself: its language, names, imports, parts and values. Runs nothing."""
