"""IHE XDM archives and the MSSanté mails that carry them. Pure Python, no Django."""
