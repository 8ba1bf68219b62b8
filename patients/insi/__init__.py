"""INSi, the national teleservice that gives the INS of a person from their traits (identity §1.10)."""
