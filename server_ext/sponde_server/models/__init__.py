"""Language models: who can answer, and how to reach them."""
