"""Addresses of this app."""

from django.urls import URLPattern

app_name = "rcp"
urlpatterns: list[URLPattern] = []
