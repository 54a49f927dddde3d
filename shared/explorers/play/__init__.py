"""The playground: its picture, and its controls with the explorer itself."""
