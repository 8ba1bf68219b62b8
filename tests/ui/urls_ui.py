"""Addresses of the kit's own tests: the gallery, mock-ups made again with the kit, a page to try behaviour."""

from django.urls import include, path

from tests.ui import essay
from tests.ui.mockups import mockup

urlpatterns = [
    path("", include("dcc.ui.gallery.urls")),
    path("maquette/<slug:name>/", mockup),
    path("essai/", essay.page),
    path("essai/lent/", essay.slow),
    path("essai/recu/", essay.accepted),
    path("essai/refus/", essay.refused),
    path("essai/page/<int:code>/", essay.whole_page),
    path("essai/compte/", essay.count),
    path("essai/enregistre/", essay.saved),
    path("essai/vide/", essay.nothing),
    path("essai/rester/", essay.stay),
]
