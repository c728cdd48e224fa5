"""Pages of a table: its working copy, sorted and filtered views, their code."""
