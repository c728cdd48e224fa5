"""Conversations as things to keep: listed, found, filed, copied, carried elsewhere and back."""
