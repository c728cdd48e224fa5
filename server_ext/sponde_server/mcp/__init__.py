"""Our own tools, as a server of the Model Context Protocol."""
