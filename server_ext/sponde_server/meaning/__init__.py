"""A sentence encoder in a process of its own: what texts mean, as vectors."""
