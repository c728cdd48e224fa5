"""Which blocks fit a dataset or a notebook, and under which names."""
