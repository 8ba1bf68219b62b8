"""Addresses of the directory; rcp/urls.py puts them together."""

from django.urls import URLPattern, path

from rcp.boards import views

urlpatterns: list[URLPattern] = [
    path("rcp/", views.boards, name="boards"),
    path("rcp/nouvelle/", views.create_board, name="board_create"),
    path("rcp/<uuid:board_id>/", views.board, name="board"),
    path("rcp/<uuid:board_id>/modifier/", views.change_board, name="board_change"),
    path("rcp/<uuid:board_id>/membres/", views.add_member, name="member_add"),
    path("rcp/<uuid:board_id>/membres/<int:user_id>/retirer/", views.remove_member, name="member_remove"),
    path("rcp/<uuid:board_id>/planifier/", views.plan, name="board_plan"),
    path("rcp/<uuid:board_id>/reunions/", views.add_one, name="meeting_add"),
    path("rcp/<uuid:board_id>/reunions/<uuid:meeting_id>/annuler/", views.cancel_one, name="meeting_cancel"),
]
