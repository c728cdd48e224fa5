"""Stands before a package that builds a grammar of international addresses as it is imported.

jsonschema does without it, nothing of ours or JupyterLab's asks for such addresses, and a third of
a server's start goes into it.
"""

raise ImportError("Left out while tests run.")
