"""What datasets have been, and how a change is noticed."""
