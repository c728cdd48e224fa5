"""Training sets and the runs that train adapters on them."""
