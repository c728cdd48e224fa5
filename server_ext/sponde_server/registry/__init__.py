"""The models that people keep by name: their versions, where they come from, their files."""
