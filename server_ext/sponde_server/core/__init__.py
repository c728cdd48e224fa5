"""What every slice stands on. Imports no slice."""
