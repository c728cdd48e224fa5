"""What is done to many blocks at once, and taken back."""
