"""How fast a model answers here, measured and kept."""
