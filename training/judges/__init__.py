"""Two judges: one of geometry and color, and a classifier of things. Neither knows the model."""
