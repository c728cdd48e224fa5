"""Where blocks are used."""
