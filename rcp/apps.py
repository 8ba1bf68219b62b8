"""Boards, meetings, cases and sheets."""

from django.apps import AppConfig


class RcpConfig(AppConfig):
    name = "rcp"

    def ready(self) -> None:
        from patients.team import about_a_patient, need_the_team
        from rcp.attachments.queries import connect_attachments
        from rcp.permissions import CARE_TEAM_ONLY, RcpPermission
        from rcp.registration.passages import connect_boards

        need_the_team(CARE_TEAM_ONLY)
        # A registration asks for a care team; what is registered is changed by it: who receives the report.
        about_a_patient("case_id", table="rcp_case", also=(RcpPermission.CASE_REGISTER,))
        connect_boards()
        connect_attachments()
