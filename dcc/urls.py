"""Every address of the product, by app; each view says who may use it."""

from django.conf import settings
from django.urls import include, path

from dcc import home

urlpatterns = [
    path("", home.landing, name="home"),
    path("etat/", home.health, name="health"),
    path("compte/", include("allauth.urls")),
    path("", include("dcc.accounts.urls")),
    path("organisations/", include("dcc.organisations.urls")),
    path("traces/", include("dcc.audit.urls")),
    path("patients/", include("patients.urls")),
    path("envois/", include("messaging.urls")),
    path("", include("rcp.urls")),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/", include("dcc.demo.urls")),
        path("demo/galerie/", include("dcc.ui.gallery.urls")),
    ]
