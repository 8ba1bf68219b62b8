"""Addresses of this subject; rcp/urls.py puts them together."""

from django.urls import path

from rcp.cases import views

urlpatterns = [
    path("dossiers/<uuid:case_id>/conclusion/", views.conclusion, name="conclusion"),
    path("dossiers/<uuid:case_id>/valider/", views.validate, name="validate"),
    path("dossiers/<uuid:case_id>/soumettre/", views.submit, name="submit"),
    path("dossiers/<uuid:case_id>/contresigner/", views.countersign, name="countersign"),
    path("dossiers/<uuid:case_id>/renvoyer/", views.send_back, name="send_back"),
    path("dossiers/<uuid:case_id>/plus-tard/", views.discuss, name="discuss"),
    path("dossiers/<uuid:case_id>/pret/", views.prepare, name="prepare"),
    path("dossiers/<uuid:case_id>/a-completer/", views.unprepare, name="unprepare"),
    path("dossiers/<uuid:case_id>/remplacer/", views.replace, name="replace"),
]
