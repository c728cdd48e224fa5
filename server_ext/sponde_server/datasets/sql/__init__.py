"""SQL over datasets, and files to take away."""
