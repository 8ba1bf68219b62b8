"""Addresses of this subject; rcp/urls.py puts them together."""

from django.urls import path

from rcp.attachments import views

urlpatterns = [path("dossiers/<uuid:case_id>/pieces/", views.attach, name="attach")]
