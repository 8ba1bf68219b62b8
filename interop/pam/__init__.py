"""IHE PAM France: identity and visit messages (ADT) read, decided upon and written. Pure Python, no Django."""
