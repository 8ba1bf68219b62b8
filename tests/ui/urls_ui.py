"""Addresses of the kit's own tests."""

from dcc.ui.gallery.views import gallery, gallery_options, gallery_room
from django.urls import path

urlpatterns = [
    path("", gallery, name="ui-gallery"),
    path("options/", gallery_options, name="ui-gallery-options"),
    path("salle/", gallery_room, name="ui-gallery-room"),
]
