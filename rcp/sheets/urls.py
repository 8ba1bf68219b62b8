"""Addresses of this subject; rcp/urls.py puts them together."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
