"""What does not fit in a file, and what a person says about how it is written."""
