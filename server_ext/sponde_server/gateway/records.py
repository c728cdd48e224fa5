"""Tokens for programs, with their scopes and limits."""
