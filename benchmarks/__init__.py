"""Figures, measured on this machine; no pass or fail. `make bench` runs them all."""
