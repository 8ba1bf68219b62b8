"""Addresses of users, habilitations and one's own account."""

from django.urls import path

from dcc.accounts import profile, views

app_name = "accounts"
urlpatterns = [
    path("compte/structure/", views.choose_membership, name="choose_membership"),
    path("compte/conditions/", views.terms, name="terms"),
    path("compte/protection/", views.enrolment, name="enrolment"),
    path("compte/session/", views.stay, name="stay"),
    path("compte/preferences/", views.preferences, name="preferences"),
    path("compte/sessions/<int:session_id>/fermer/", views.end_session, name="end_session"),
    path("compte/profil/", profile.profile, name="profile"),
]
