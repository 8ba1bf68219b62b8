"""The interface kit: stylesheet, typed components, form renderer, gallery; it knows no medical app."""
