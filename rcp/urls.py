"""Addresses of the tumour boards, one file a subject."""

from rcp.attachments.urls import urlpatterns as attachments
from rcp.boards.urls import urlpatterns as boards
from rcp.cases.urls import urlpatterns as cases
from rcp.meetings.urls import urlpatterns as meetings
from rcp.registration.urls import urlpatterns as registration
from rcp.sheets.urls import urlpatterns as sheets

app_name = "rcp"
urlpatterns = [*boards, *meetings, *registration, *cases, *attachments, *sheets]
