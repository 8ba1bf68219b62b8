"""Addresses of this subject; rcp/urls.py puts them together."""

from django.urls import URLPattern, path

from rcp.registration import recipient_views, views

urlpatterns: list[URLPattern] = [
    path("inscription/reunions/", views.meetings, name="register_meetings"),
    path("inscription/bouton/", views.chosen, name="register_chosen"),
    path("inscription/medecins/", views.physicians, name="physicians"),
    path("inscription/professionnels/", views.professionals, name="professionals"),
    path("inscription/<uuid:patient_id>/", views.register, name="register"),
    path("dossiers/<uuid:case_id>/destinataires/", recipient_views.recipients, name="recipients"),
    path("dossiers/<uuid:case_id>/reporter/", views.postpone, name="postpone"),
    path("dossiers/<uuid:case_id>/annuler/", views.cancel, name="cancel"),
]
