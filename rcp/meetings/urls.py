"""Addresses of meetings; rcp/urls.py puts them together."""

from django.urls import URLPattern, path

from rcp.meetings import calendar_views, cockpit_views, projection_views, room_views, views

urlpatterns: list[URLPattern] = [
    path("accueil/", cockpit_views.cockpit, name="cockpit"),
    path("calendrier/", calendar_views.calendar, name="calendar"),
    path("reunions/professionnels/", views.people, name="people"),
    path("reunions/<uuid:meeting_id>/", views.meeting, name="meeting"),
    path("reunions/<uuid:meeting_id>/direct/", views.live, name="meeting_live"),
    path("reunions/<uuid:meeting_id>/liste/", views.printable, name="meeting_list"),
    path("reunions/<uuid:meeting_id>/ouvrir/", views.open_meeting, name="meeting_open"),
    path("reunions/<uuid:meeting_id>/terminer/", views.close_meeting, name="meeting_close"),
    path("reunions/<uuid:meeting_id>/mode-seance/", room_views.room_mode, name="room_mode"),
    path("reunions/<uuid:meeting_id>/ma-presence/", views.my_presence, name="my_presence"),
    path("reunions/<uuid:meeting_id>/invites/", views.add_guest, name="guest_add"),
    path("reunions/<uuid:meeting_id>/presences/<uuid:attendance_id>/", views.presence, name="presence"),
    path("reunions/<uuid:meeting_id>/presences/<uuid:attendance_id>/retirer/", views.remove_guest, name="guest_remove"),
    path("reunions/<uuid:meeting_id>/presences/<uuid:attendance_id>/presider/", views.chair, name="chair"),
    path("reunions/<uuid:meeting_id>/dossiers/<uuid:case_id>/place/", views.place, name="case_place"),
    path("reunions/<uuid:meeting_id>/projection/", projection_views.start, name="projection"),
    path("reunions/<uuid:meeting_id>/projection/<uuid:case_id>/", projection_views.slide, name="projection_case"),
    path("reunions/<uuid:meeting_id>/projection/<uuid:case_id>/etat/", projection_views.state, name="projection_state"),
]
