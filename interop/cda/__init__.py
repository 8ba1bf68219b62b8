"""CDA R2 documents of the CI-SIS: builder and reader of level 1 (a PDF in an XML envelope). Pure Python, no Django."""
