"""Addresses of organisations."""

from django.urls import path

from dcc.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.show_tree, name="tree"),
    path("nouvelle/", views.create, name="create"),
    path("<uuid:organisation_id>/", views.edit, name="edit"),
    path("<uuid:organisation_id>/fermer/", views.close, name="close"),
    path("<uuid:organisation_id>/rouvrir/", views.reopen, name="reopen"),
    path("<uuid:organisation_id>/logo/", views.logo, name="logo"),
    path("<uuid:organisation_id>/logo/changer/", views.change_logo, name="change_logo"),
]
