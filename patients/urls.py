"""Addresses of this app."""

from django.urls import path

from patients import creation_views, file_views, review_views, views
from patients.consent import views as consent
from patients.documents import adding_views, received_views
from patients.documents import views as documents
from patients.doubles import reporting_views as reporting
from patients.doubles import views as pairs
from patients.feed import views as feeds
from patients.lifecycle import regime_views
from patients.lifecycle import views as identities
from patients.requests import retention_views
from patients.requests import views as rights
from patients.sharing import views as sharing

app_name = "patients"
urlpatterns = [
    path("", views.search, name="search"),
    path("lieux/", views.places, name="places"),
    path("nouveau/", creation_views.create, name="create"),
    path("nouveau/proches/", creation_views.close, name="close"),
    path("acces-exceptionnels/", review_views.reviews, name="glass_reviews"),
    path("acces-exceptionnels/<uuid:event_id>/", review_views.review, name="glass_review"),
    path("doublons/", pairs.doubles, name="doubles"),
    path("doublons/indicateurs/", pairs.doubles_indicators, name="doubles_indicators"),
    path("doublons/flux/", feeds.feed_matters, name="feed_matters"),
    path("doublons/flux/<uuid:conflict_id>/", feeds.feed_matter, name="feed_matter"),
    path("doublons/flux/fusions/<uuid:merge_id>/", feeds.feed_merge, name="feed_merge"),
    path("doublons/<uuid:double_id>/", pairs.double, name="double"),
    path("doublons/<uuid:double_id>/repartir/", pairs.allocate, name="double_allocate"),
    path("demandes/", rights.requests, name="requests"),
    path("conservation/", retention_views.retention, name="retention"),
    path("destinataires-partage/", sharing.receivers, name="receivers"),
    path("documents/<uuid:document_id>/<str:kind>/", documents.document, name="document"),
    path("documents/recus/<uuid:document_id>/", received_views.received, name="received"),
    path("documents/recus/<uuid:document_id>/contenu/", received_views.received_content, name="received_content"),
    path("documents/recus/<uuid:document_id>/page/<int:number>/", received_views.received_page, name="received_page"),
    path("documents/recus/<uuid:document_id>/corriger/", received_views.edit, name="document_edit"),
    path("documents/recus/<uuid:document_id>/retirer/", received_views.withdraw, name="document_withdraw"),
    path("<uuid:patient_id>/documents/ajouter/", adding_views.add, name="document_add"),
    path("<uuid:patient_id>/documents/decrire/", adding_views.describe, name="document_describe"),
    path("<uuid:patient_id>/", file_views.file, name="file"),
    path("<uuid:patient_id>/coordonnees/", file_views.contact, name="contact"),
    path("identites/regimes/", regime_views.regimes, name="regimes"),
    path("<uuid:patient_id>/identite/", identities.identity, name="identity"),
    path("<uuid:patient_id>/identite/piece/", identities.document, name="identity_document"),
    path("<uuid:patient_id>/identite/traits/", identities.traits, name="identity_traits"),
    path("<uuid:patient_id>/identite/insi/", identities.insi, name="identity_insi"),
    path("<uuid:patient_id>/identite/deces/", identities.death, name="identity_death"),
    path("<uuid:patient_id>/identite/proches/", identities.relatives, name="identity_relatives"),
    path("<uuid:patient_id>/identite/acte/<str:act>/", identities.act, name="identity_act"),
    path("<uuid:patient_id>/doublon/", reporting.report, name="double_report"),
    path("<uuid:patient_id>/ipp/", file_views.ipp, name="ipp"),
    path("<uuid:patient_id>/acces-exceptionnel/", file_views.glass, name="glass"),
    path("<uuid:patient_id>/partager/", sharing.share, name="share"),
    path("<uuid:patient_id>/partager/fin/", sharing.unshare, name="unshare"),
    path("<uuid:patient_id>/acces/imprimer/", sharing.accesses_print, name="accesses_print"),
    path("<uuid:patient_id>/information/", consent.information, name="inform"),
    path("<uuid:patient_id>/information/fiche/", consent.leaflet, name="leaflet"),
    path("<uuid:patient_id>/volontes/", consent.wish, name="wish"),
    path("<uuid:patient_id>/demandes/", rights.requests_of, name="requests_of"),
    path("<uuid:patient_id>/demandes/reponse/", rights.answer, name="answer"),
    path("<uuid:patient_id>/copie/", rights.export, name="export"),
    path("<uuid:patient_id>/copie/etat/", rights.export_state, name="export_state"),
]
