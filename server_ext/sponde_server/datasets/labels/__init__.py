"""Names and tags of datasets, and the data files of a folder."""
