"""Doubles: pairs that may be one person, what the identity-vigilance cell decides, merges and their exact undoing."""
