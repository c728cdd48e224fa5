"""What a model may ask for, and the person's yes or no."""
