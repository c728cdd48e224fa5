"""What a language model may read of a dataset."""
