"""Where datasets are used."""
