"""The fields of blocks: values that are filled in each time."""
