"""The banner of the pages about a patient, as their reader sees it."""

from dcc.accounts.access import StaffRequest
from dcc.ui.components.identity import BannerData
from patients.models import Patient
from patients.naming import banner_of
from patients.queries import glass_open_until, ipps_of, main_ipp


def banner_for(
    request: StaffRequest,
    patient: Patient,
    *,
    link: bool = True,
    alerts: tuple[str, ...] = (),
    file_open: bool = True,
) -> BannerData:
    """Who the patient is, their number in the reader's establishment, and the end of an exceptional access.

    Without one there, the first number of elsewhere, unless the file is closed to the reader: it would tell by whom
    the patient is treated. Two queries.
    """
    organisation = request.membership.organisation
    ipps = ipps_of(patient)
    if not file_open:
        ipps = tuple(one for one in ipps if one[0] == organisation.short_name)
    return banner_of(
        patient,
        ipp=main_ipp(ipps, organisation),
        link=link,
        alerts=alerts,
        break_glass_until=glass_open_until(patient, request.user),
    )
