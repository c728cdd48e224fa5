"""Code blocks kept for reuse."""
