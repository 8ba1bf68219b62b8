"""Components as functions that return safe HTML and refuse arguments that make no sense."""
