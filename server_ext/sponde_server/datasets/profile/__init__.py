"""What is known of a table: its columns alone and together."""
