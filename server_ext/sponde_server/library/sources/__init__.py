"""Where blocks came from, and which are nearly the same."""
