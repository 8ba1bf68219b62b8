"""Addresses of this subject; rcp/urls.py puts them together."""

from django.urls import path

from rcp.sheets import print_views, views

urlpatterns = [
    path("dossiers/<uuid:case_id>/", views.case, name="case"),
    path("dossiers/<uuid:case_id>/imprimer/", print_views.case, name="sheet_print"),
    path("formulaires/<slug:code>/papier/", print_views.form, name="form_print"),
    path("dossiers/<uuid:case_id>/champ/", views.field, name="field"),
    path("dossiers/<uuid:case_id>/depuis/<int:rev>/", views.since, name="since"),
    path("dossiers/<uuid:case_id>/codes/", views.codes, name="codes"),
    path("dossiers/<uuid:case_id>/question/", views.question, name="question"),
    path("dossiers/<uuid:case_id>/reprise/", views.reprise, name="reprise"),
    path("dossiers/<uuid:case_id>/fiche/", views.form, name="sheet_form"),
]
