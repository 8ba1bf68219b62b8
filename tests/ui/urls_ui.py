"""Addresses of the kit's own tests: the gallery, and mock-ups made again with the kit."""

from django.urls import include, path

from tests.ui.mockups import mockup

urlpatterns = [
    path("", include("dcc.ui.gallery.urls")),
    path("maquette/<slug:name>/", mockup),
]
