"""Addresses of users, habilitations and one's own account."""

from django.urls import path

from dcc.accounts import profile, users, views

app_name = "accounts"
urlpatterns = [
    path("compte/structure/", views.choose_membership, name="choose_membership"),
    path("compte/conditions/", views.terms, name="terms"),
    path("compte/protection/", views.enrolment, name="enrolment"),
    path("compte/session/", views.stay, name="stay"),
    path("compte/seance/", views.unlock, name="unlock"),
    path("compte/preferences/", views.preferences, name="preferences"),
    path("compte/sessions/<int:session_id>/fermer/", views.end_session, name="end_session"),
    path("compte/profil/", profile.profile, name="profile"),
    path("utilisateurs/", users.users, name="users"),
    path("utilisateurs/nouveau/", users.create, name="create"),
    path("utilisateurs/rattacher/<str:token>/", users.attach, name="attach"),
    path("utilisateurs/<int:user_id>/", users.user_page, name="user"),
    path("utilisateurs/<int:user_id>/modifier/", users.edit, name="edit"),
    path("utilisateurs/<int:user_id>/habilitation/", users.grant, name="grant"),
    path("utilisateurs/<int:user_id>/action/", users.act, name="act"),
    path("habilitations/<uuid:membership_id>/retirer/", users.revoke, name="revoke"),
]
