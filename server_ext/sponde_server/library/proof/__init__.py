"""What the runs of blocks have shown."""
