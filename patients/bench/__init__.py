"""Benches of the search and of the pairing of doubles, at a working size, in a database of their own."""
