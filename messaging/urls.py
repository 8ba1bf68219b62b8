"""Addresses of this app."""

from django.urls import path

from messaging import views
from messaging.feeds import views as feeds

app_name = "messaging"
urlpatterns = [
    path("", views.deliveries, name="deliveries"),
    path("relances/", views.retry, name="retry"),
    path("courriers/", views.letters, name="letters"),
    path("courriers/pdf/", views.letters_pdf, name="letters_pdf"),
    path("courriers/imprimes/", views.letters_printed, name="letters_printed"),
    path("courriers/<uuid:delivery_id>/adresse/", views.letter_address, name="letter_address"),
    path("flux/", feeds.feeds, name="feeds"),
    path("flux/<uuid:organisation_id>/", feeds.feed, name="feed"),
    path("flux/<uuid:organisation_id>/essai/", feeds.try_feed, name="try_feed"),
    path("<uuid:delivery_id>/", views.delivery, name="delivery"),
    path("<uuid:delivery_id>/suite/", views.repair, name="repair"),
    path("<uuid:delivery_id>/annulation/", views.cancel, name="cancel"),
    path("<uuid:delivery_id>/nouvel-envoi/", views.resend, name="resend"),
    path("<uuid:delivery_id>/message/<str:kind>/", views.message, name="message"),
]
