"""Gallery: every component in every state, for development and demonstration only."""
