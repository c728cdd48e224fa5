"""What runs in the process that reads texts as vectors. Imports nothing of Sponde."""
