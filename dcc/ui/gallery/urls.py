"""Addresses of the gallery."""

from django.urls import path

from dcc.ui.gallery.views import gallery, gallery_options, gallery_room

urlpatterns = [
    path("", gallery, name="ui-gallery"),
    path("options/", gallery_options, name="ui-gallery-options"),
    path("salle/", gallery_room, name="ui-gallery-room"),
]
