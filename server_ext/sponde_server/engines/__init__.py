"""vLLM on this machine: what is here, what fits, and the processes that serve models."""
