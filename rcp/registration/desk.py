"""The registration page of one patient: its forms, filled from the file, and what becomes of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from dcc.accounts.access import StaffRequest
from dcc.accounts.models import Membership
from dcc.lib import french
from dcc.lib.ids import uuid7
from dcc.lib.lifecycle import TransitionRefused
from dcc.ui.forms import DccForm, Option
from dcc.ui.forms.summary import error_summary
from patients.access import PatientOpposes, may_see
from patients.actions import record_opposition
from patients.banner import banner_for
from patients.models import Contact, Opposition, Patient
from patients.naming import shown_name
from rcp.models import Case, Correspondent, CorrespondentRole, Meeting
from rcp.registration.actions import (
    Addressee,
    AlreadyRegistered,
    MeetingRefuses,
    OpposedInTheRoom,
    SharingOpposed,
    register_case,
)
from rcp.registration.forms import WITHOUT_TRAITS, CorrespondentForm, OthersFormSet, RegistrationForm, opposed_sentence
from rcp.registration.professionals import memberships, professional_option
from rcp.registration.queries import (
    Opening,
    boards_of_network,
    case_in_meeting,
    gp_version,
    known,
    meeting_choices,
    opposed_in_the_room,
)

SIGNER = Signer(salt="rcp.register")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One correspondent on the page."""

    role: CorrespondentRole
    form: CorrespondentForm


class Desk:
    """One visit of the page; `joined` is the identity it was typed for, when that one was merged into `patient`."""

    def __init__(self, request: StaffRequest, patient: Patient, *, joined: Patient | None = None) -> None:
        self.request, self.patient, self.joined = request, patient, joined
        self.opposed: tuple[str, ...] = ()
        self.asked_presentation = False
        self.known = known(patient)
        data = request.POST if request.method == "POST" else None
        self.form = RegistrationForm(
            data, initial=None if data else self._initial(), boards=boards_of_network(), sex=patient.sex
        )
        self.members = self._members()
        self.slots = [
            Slot(role=role, form=self._slot(data, role, title))
            for title, role in (
                ("Médecin adresseur", CorrespondentRole.REFERRING),
                ("Médecin traitant", CorrespondentRole.GP),
            )
        ]
        self.others = OthersFormSet(with_one_more(data), prefix="others", initial=self._initial_others())
        for one in self.others:
            one.empty_permitted = False  # an empty line is a correspondent that nobody named, and is read as such

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(slot.form.is_valid() for slot in self.slots), self.others.is_valid()])

    def _forms(self) -> list[DccForm]:
        return [self.form, *(slot.form for slot in self.slots), *self.others]

    def register(self) -> Case:
        return register_case(
            case_id=_drawn(self.form.cleaned_data["token"]),
            patient=self.patient,
            meeting=self.form.cleaned_data["meeting"],
            demand=self.form.demand(),
            requester=self.form.asked_by(),
            information=self.form.information(),
            addressees=self._addressees(),
            exceed=self.form.cleaned_data["exceed"],
            gp_seen=self.form.cleaned_data["gp_seen"],
            by=self.request.user,
        )

    def note_opposition(self) -> None:
        """« S’y oppose » stops the registration and is kept: when, told to whom, written by whom (D3)."""
        said = self.form.cleaned_data
        if self.form.data.get("opposition") != Opposition.SHARING or not {"given_on", "given_by"} <= said.keys():
            return
        given = {"given_on": said["given_on"], "given_by": said["given_by"]}
        record_opposition(patient=self.patient, **given, by=self.request.user)
        self.form.add_error(
            "opposition", "Cette opposition est enregistrée, avec sa date et la personne qui l’a recueillie"
        )

    def explain(self, refusal: Exception) -> None:
        """Say a refusal of the action at the field it is about."""
        if isinstance(refusal, SharingOpposed):
            self.form.add_error("opposition", opposed_sentence(self.patient.sex))
        elif isinstance(refusal, AlreadyRegistered):
            self.form.add_error("meeting", self._already())
        elif isinstance(refusal, OpposedInTheRoom):
            self.asked_presentation = True
            self.opposed = refusal.names if may_see(self.patient.pk) else ()
            self.form.add_error("presentation", "Choisissez comment le dossier sera présenté, puis inscrivez")
        else:
            self.form.add_error("meeting", why_not(refusal))

    def page(self, status: int = 200) -> HttpResponse:
        chosen = str(self.form["meeting"].value() or "")
        board = str(self.form["board"].value() or "")
        choices = meeting_choices(by=self.request.user, board_id=_uuid(board), chosen=_uuid(chosen))
        chosen_meeting = next((one for one in choices if str(one.meeting.pk) == chosen), None)
        context: dict[str, Any] = {
            "joined": self.joined,
            "asks_presentation": self._asks_presentation(chosen_meeting.meeting if chosen_meeting else None),
            "opposed": self.opposed,
            "form": self.form,
            "slots": self.slots,
            "others": self.others,
            "patient": self.patient,
            "known": self.known,
            "choices": choices,
            "chosen": chosen,
            "chosen_meeting": chosen_meeting,
            "meeting_errors": self.form["meeting"].errors if self.form.is_bound and status == 422 else [],
            "bound": status == 422,
            "page_opens": self.request.method == "GET",
            "summary": error_summary(*self._forms()) if status == 422 else "",
            "asks_exceed": any(one.own and one.advice for one in choices),
            "banner_data": banner_for(self.request, self.patient, file_open=may_see(self.patient.pk)),
        }
        return render(self.request, "rcp/registration/register.html", context, status=status)

    def _asks_presentation(self, meeting: Meeting | None) -> bool:
        """Without the traits is proposed when somebody expected is of whom the patient opposes (ADR 11); kept asked."""
        if meeting is not None and not self.opposed:
            self.opposed = opposed_in_the_room(self.patient, meeting)
        answered = bool(self.form.is_bound and self.form["presentation"].value())
        asked = bool(self.opposed) or self.asked_presentation
        self.form.fields["presentation"].required = asked or answered  # as it is drawn: the action asks
        if asked and self.form.is_bound and not answered:
            self.form.data = self.form.data.copy()
            self.form.data["presentation"] = WITHOUT_TRAITS
        return asked or answered

    def onward(self, case: Case) -> HttpResponse:
        gp = next((one for one in self._addressees() if one.role == CorrespondentRole.GP), None)
        if gp is not None and (stays := gp_that_stays(case, gp)):
            messages.error(self.request, stays)  # stays on the screen until it is read
        said = f"{shown_name(case.patient)}\u00a0: inscription au {when(case.meeting)} enregistrée."
        messages.success(self.request, said)
        if self.request.POST.get("then") == "sheet":
            return redirect("rcp:case", case.pk)
        return redirect("rcp:meeting", case.meeting_id)

    def _addressees(self) -> list[Addressee]:
        slots = [(slot.form, slot.role) for slot in self.slots]
        slots += [(one, CorrespondentRole.OTHER) for one in self.others]
        return [found for one, role in slots if (found := one.addressee(role)) is not None]

    def _already(self) -> str:
        meeting: Meeting = self.form.cleaned_data["meeting"]
        case = case_in_meeting(self.patient, meeting) if may_see(self.patient.pk) else None
        if case is None:
            return "Ce patient est déjà inscrit à cette réunion par une autre équipe. Appelez le secrétariat de la RCP"
        return format_html(
            'Ce patient est déjà inscrit à cette réunion\u00a0: <a href="{}">ouvrez son dossier</a>, ou choisissez '
            "une autre réunion",
            reverse("rcp:case", args=[case.pk]),
        )

    def _initial(self) -> dict[str, Any]:
        request = self.request
        requester = self._usual_requester()
        return {
            "meeting": request.GET.get("reunion", ""),
            "board": request.GET.get("rcp", ""),
            "requester": requester,
            "given_by": requester.label if requester else "",
            "presentation": WITHOUT_TRAITS,
            "gp_seen": gp_version(self.known.contact),
            "token": SIGNER.sign(str(uuid7())),
        }

    def _usual_requester(self) -> Option | None:
        """Myself when I am a physician, else whoever asked for the last passage."""
        user = self.request.user
        if user.is_physician:
            return professional_option(str(self.request.membership.pk))
        last = self.known.last_case
        if last is None or last.requester_id is None:
            return None
        found = memberships().filter(user_id=last.requester_id, organisation_id=last.requester_organisation_id).first()
        return professional_option(str(found.pk)) if found else None

    def _slot(self, data: Any, role: CorrespondentRole, title: str) -> CorrespondentForm:
        initial = None if data else self._initial_slot(role)
        return CorrespondentForm(data, prefix=role.value, initial=initial, title=title)

    def _initial_slot(self, role: CorrespondentRole) -> dict[str, Any]:
        former = self.known.of_role(role)
        if role == CorrespondentRole.GP and (gp := self._gp_of_the_file(former)):
            return gp
        return self._former(former) if former else {}

    def _gp_of_the_file(self, former: Correspondent | None) -> dict[str, Any]:
        """The contact is fresher than the last passage, unless both name the same person of the directory."""
        contact = self.known.contact
        if contact is None or not contact.gp_name:
            return {}
        if former is not None and former.user_id in self.members and former.name == contact.gp_name:
            return {}
        return typed_before(contact.gp_name, contact.gp_mssante_address, contact.gp_address)

    def _former(self, one: Correspondent) -> dict[str, Any]:
        """Someone of the directory keeps its addresses; anybody else comes with those typed last time."""
        member = self.members.get(one.user_id) if one.user_id else None
        if member is not None:
            return {"person": professional_option(str(member.pk))}
        return typed_before(one.name, one.mssante_address, one.postal_address)

    def _members(self) -> dict[int, Membership]:
        users = [one.user_id for one in self.known.correspondents if one.user_id]
        return {one.user_id: one for one in memberships().filter(user_id__in=users)} if users else {}

    def _initial_others(self) -> list[dict[str, Any]]:
        return [self._former(one) for one in self.known.others]


def with_one_more(data: Any) -> Any:
    """« Ajouter un correspondant », without script: the same page with one more line."""
    if data is None or "_ajouter" not in data:
        return data
    data = data.copy()
    data["others-TOTAL_FORMS"] = str(int(data.get("others-TOTAL_FORMS") or 0) + 1)
    return data


def typed_before(name: str, mssante: str, postal: str) -> dict[str, Any]:
    """A correspondent of an earlier passage, and whose addresses these are."""
    return {
        "person": name,
        "mssante_address": mssante,
        "postal_address": postal,
        "of_name": name,
        "of_mssante": mssante,
        "of_postal": postal,
    }


def gp_that_stays(case: Case, gp: Addressee) -> str:
    """What to say when the file names another GP than the one just chosen for this case; '' when it is the same."""
    file = Contact.objects.filter(patient_id=case.patient_id).first()
    if file is None or (file.gp_name, file.gp_rpps, file.gp_mssante_address, file.gp_address) == (
        gp.name,
        gp.rpps,
        gp.mssante_address,
        gp.postal_address,
    ):
        return ""
    goes = format_html("Le compte rendu de cette réunion ira à {}, comme saisi.", gp.name)
    if not file.gp_name:
        stays = "Le dossier ne nomme plus de médecin traitant\u00a0: il n’y a pas été remis."
    elif file.gp_name != gp.name:
        stays = f"Le dossier nomme un autre médecin traitant, {file.gp_name}\u00a0: il n’a pas été remplacé."
    else:
        stays = f"Le dossier a d’autres coordonnées pour {gp.name}\u00a0: elles n’ont pas été remplacées."
        goes = "Le compte rendu de cette réunion ira à celles saisies ici."
    address = reverse("rcp:recipients", args=[case.pk])
    return format_html('{} {} <a href="{}">Vérifier les destinataires</a>', stays, goes, address)


def why_not(refusal: Exception) -> str:
    """A refusal of the actions, as what is wrong and what to do."""
    if isinstance(refusal, MeetingRefuses):
        if refusal.choice.own:
            return (
                f"Cette réunion est {_state(refusal)}. Cochez « Inscrire malgré la clôture » pour le faire quand même"
            )
        three_c = refusal.choice.meeting.board.organisation.short_name
        return f"Cette réunion est {_state(refusal)}. Choisissez la suivante, ou appelez le {three_c}"
    if isinstance(refusal, AlreadyRegistered):
        return "Ce patient est déjà inscrit à cette réunion. Choisissez-en une autre"
    if isinstance(refusal, TransitionRefused):
        return "Ce dossier a changé d’état entre-temps : il ne peut plus être déplacé"
    if isinstance(refusal, PatientOpposes):
        return (
            "Le patient refuse que son dossier soit ouvert à l’une des équipes de cette inscription, comme le dit "
            "« Information et identité » dans son dossier. Choisissez une autre réunion ou un autre demandeur"
        )
    return "Cette réunion est terminée ou annulée. Choisissez-en une autre"


def _state(refusal: MeetingRefuses) -> str:
    return "complète" if refusal.choice.opening is Opening.FULL else "close aux inscriptions"


def when(meeting: Meeting) -> str:
    """« mardi 2 décembre, 14:00 »."""
    return french.moment_long(timezone.localtime(meeting.starts_at), year=False)


def _drawn(token: str) -> UUID:
    try:
        return UUID(SIGNER.unsign(token))
    except BadSignature as error:
        raise BadRequest("the form was not drawn here") from error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
