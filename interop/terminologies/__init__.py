"""Coded facts shared by the codecs: OIDs, value sets, document types, oncology codes. Pure Python, no Django."""
