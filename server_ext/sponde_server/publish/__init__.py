"""What leaves the workbench."""
