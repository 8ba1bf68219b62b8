"""Every address of the product, by app; each view says who may use it."""

from django.conf import settings
from django.urls import include, path

from dcc import home
from dcc.accounts.access import public

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
    from dcc.ui.gallery.views import gallery, gallery_options, gallery_room

    urlpatterns += [
        path("demo/", include("dcc.demo.urls")),
        path("demo/galerie/", public(gallery), name="ui-gallery"),
        path("demo/galerie/options/", public(gallery_options), name="ui-gallery-options"),
        path("demo/galerie/salle/", public(gallery_room), name="ui-gallery-room"),
    ]

handler500 = "dcc.home.server_error"
