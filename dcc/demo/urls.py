"""The local mailbox of the demonstration; mounted only where settings.DEMO is true."""

from django.urls import path

from dcc.demo import views

app_name = "demo"
urlpatterns = [
    path("boite/", views.mailbox, name="mailbox"),
    path("boite/<str:key>/", views.message, name="message"),
    path("boite/<str:key>/<int:number>/", views.attachment, name="attachment"),
]
