"""Addresses of users, habilitations and one's own account."""

from django.urls import path

from dcc.accounts import views

app_name = "accounts"
urlpatterns = [
    path("compte/structure/", views.choose_membership, name="choose_membership"),
]
