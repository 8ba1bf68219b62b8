"""Invented typical situations, by family of boards; the grammar of their lines is in `dcc.demo.clinical`."""
