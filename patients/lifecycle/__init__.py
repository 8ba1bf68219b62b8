"""The life of an identity: its statuses and attributes, who changes them and by which proof (identity §1.5 to §1.7)."""
