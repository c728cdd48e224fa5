"""Files from a person's computer."""
