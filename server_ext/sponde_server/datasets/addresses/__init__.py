"""Files from addresses in the world."""
