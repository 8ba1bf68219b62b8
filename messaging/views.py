"""The deliveries of a 3C: what failed first, in words, with the repair beside it (SND-03, SND-05, guide §7)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dcc.accounts.access import StaffRequest, granted, requires
from dcc.audit.record import record
from dcc.lib import french
from dcc.ui.components.data import Column, PageLinks, Tab
from messaging import actions, queries
from messaging.channels.paper.letters import LetterRefused, print_letters
from messaging.events import DeliveryEvent
from messaging.forms import ADDRESS, DIRECTORY, PAPER, RETRY, CancelForm, PostalAddressForm, RepairForm
from messaging.models import ChannelKind, Delivery, DeliveryStatus
from messaging.permissions import DeliveryPermission
from messaging.queries import Basket
from patients.documents import content
from patients.documents.download import download
from patients.models import Content, ContentKind

S = DeliveryStatus
MOVED = "Cet envoi a changé entre-temps\u00a0: voici où il en est."
KNOWN = "Ce compte rendu part déjà à cette adresse. Annulez plutôt cet envoi."
OPPOSED = (
    "Le patient s’oppose à ce que ce destinataire reçoive son dossier\u00a0: rien ne lui est envoyé. "
    "Annulez l’envoi s’il attend encore."
)
MESSAGES = {
    ContentKind.MAIL: ("message/rfc822", "eml", "courriel"),
    ContentKind.HL7: ("application/hl7-v2", "hl7", "message HL7"),
    ContentKind.ACK: ("application/hl7-v2", "hl7", "accusé HL7"),
}
CHOICE = Column(label="Choix", hidden=True)
COLUMNS = [
    Column(label="Document"),
    Column(label="Destinataire"),
    Column(label="Voie"),
    Column(label="État"),
    Column(label="Actions", hidden=True),
]


@requires(DeliveryPermission.VIEW)
@require_safe
def deliveries(request: StaffRequest) -> HttpResponse:
    """The list, and beside it the first delivery that waits for somebody."""
    return _page(request, None)


@requires(DeliveryPermission.VIEW)
@require_safe
def delivery(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """The list with one delivery open beside it."""
    return _page(request, _found(delivery_id))


@requires(DeliveryPermission.SEND)
@require_POST
def repair(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Go on otherwise: another address, the post, or the same once more."""
    found = _own(request, delivery_id)
    detail = queries.detail_of(found)
    form = RepairForm(request.POST, directory_address=detail.directory_address)
    if not form.is_valid():
        return _page(request, found, repair_form=form, status=422)
    try:
        made = _repair(found, request, form)
    except actions.DeliveryMoved:
        messages.info(request, MOVED)
        return redirect("messaging:delivery", found.pk)
    except actions.AlreadyPlanned:
        form.add_error(None, KNOWN)
        return _page(request, found, repair_form=form, status=422)
    except actions.RecipientOpposed:
        form.add_error(None, OPPOSED)
        return _page(request, found, repair_form=form, status=422)
    return redirect("messaging:delivery", made.pk)


@requires(DeliveryPermission.SEND)
@require_POST
def cancel(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Give an envoi up, saying why."""
    found = _own(request, delivery_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, found, cancel_form=form, status=422)
    try:
        actions.cancel_delivery(delivery_id=found.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "Envoi annulé.")
    except actions.DeliveryMoved:
        messages.info(request, MOVED)
    return redirect("messaging:delivery", found.pk)


@requires(DeliveryPermission.SEND)
@require_POST
def resend(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Send once more what was delivered."""
    found = _own(request, delivery_id)
    try:
        made = actions.resend(delivery_id=found.pk, by=request.user)
    except actions.DocumentReplaced:
        messages.error(request, "Une version plus récente remplace ce compte rendu\u00a0: renvoyez celle-là.")
        return redirect("messaging:delivery", found.pk)
    except actions.RecipientOpposed:
        messages.error(request, OPPOSED)
        return redirect("messaging:delivery", found.pk)
    except actions.DeliveryMoved:
        messages.info(request, MOVED)
        return redirect("messaging:delivery", found.pk)
    messages.success(request, f"Nouvel envoi à {made.recipient['name']}.")
    return redirect("messaging:delivery", made.pk)


@requires(DeliveryPermission.SEND)
@require_POST
def retry(request: StaffRequest) -> HttpResponse:
    """Try the selected deliveries again, all together (SND-03)."""
    chosen = _chosen(request)
    own = Delivery.objects.filter(pk__in=chosen, three_c_id=request.membership.organisation_id)
    done = actions.retry_many(delivery_ids=list(own.values_list("pk", flat=True)), by=request.user)
    if done:
        messages.success(request, f"{french.counted(done, 'envoi relancé', 'envois relancés')}.")
    else:
        messages.info(request, "Aucun envoi à relancer dans cette sélection.")
    return redirect("messaging:deliveries")


@requires(DeliveryPermission.SEND)
@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """The postal list: choose, print, then confirm."""
    return _letters_page(request)


@requires(DeliveryPermission.SEND)
@require_POST
def letters_pdf(request: StaffRequest) -> HttpResponse:
    """One PDF of the chosen letters; nothing is marked as printed yet."""
    found = queries.letters(request.membership.organisation_id, _chosen(request))
    if not found:
        messages.info(request, "Choisissez au moins un courrier.")
        return redirect("messaging:letters")
    try:
        pdf = print_letters(found, printed_on=timezone.localdate())
    except LetterRefused as refused:
        messages.error(request, str(refused))
        return redirect("messaging:letters")
    for letter in found:
        record(DeliveryEvent.LETTERS, on=letter, by=request.user)
    name = f"courriers-{timezone.localdate():%Y%m%d}.pdf"
    return download(pdf, name=name, content_type="application/pdf", inline=True)


@requires(DeliveryPermission.SEND)
@require_POST
def letters_printed(request: StaffRequest) -> HttpResponse:
    """The chosen letters are on paper and in their envelopes."""
    found = queries.letters(request.membership.organisation_id, _chosen(request))
    done = actions.mark_printed(delivery_ids=[one.pk for one in found], by=request.user)
    messages.success(request, f"{french.counted(done, 'courrier imprimé', 'courriers imprimés')}.")
    return redirect("messaging:letters" if done == 0 else "messaging:deliveries")


@requires(DeliveryPermission.SEND)
@require_POST
def letter_address(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Correct the address of one letter."""
    found = _own(request, delivery_id)
    form = PostalAddressForm(request.POST, prefix=str(found.pk))
    if not form.is_valid():
        return _letters_page(request, corrected=form, status=422)
    try:
        actions.correct_postal_address(delivery_id=found.pk, by=request.user, **form.cleaned_data)
    except actions.DeliveryMoved:
        messages.info(request, MOVED)
    except actions.AlreadyPlanned:
        messages.info(request, KNOWN)
    except actions.RecipientOpposed:
        messages.error(request, OPPOSED)
    return redirect("messaging:letters")


@requires(DeliveryPermission.DOWNLOAD)
@require_safe
def message(request: StaffRequest, delivery_id: UUID, kind: str) -> HttpResponse:
    """The message as it left, or what the peer answered: recorded each time it is read."""
    found = get_object_or_404(Delivery, pk=delivery_id)
    if kind not in MESSAGES:
        raise Http404
    try:
        data = content.read(owner_id=found.pk, kind=ContentKind(kind))
    except Content.DoesNotExist as missing:
        raise Http404 from missing
    content_type, extension, what = MESSAGES[ContentKind(kind)]
    record(DeliveryEvent.DOWNLOADED, on=found, by=request.user, what=what)
    return download(data, name=f"envoi-{str(found.pk)[-8:]}-{kind}.{extension}", content_type=content_type)


def _repair(found: Delivery, request: StaffRequest, form: RepairForm) -> Delivery:
    way, cleaned, name = form.cleaned_data["way"], form.cleaned_data, found.recipient["name"]
    if way in (DIRECTORY, ADDRESS):
        made = actions.readdress(delivery_id=found.pk, address=cleaned["address"], by=request.user)
        messages.success(request, f"Envoi repris pour {name}, à la nouvelle adresse.")
    elif way == PAPER:
        made = actions.to_paper(delivery_id=found.pk, postal_address=cleaned["postal_address"], by=request.user)
        messages.success(request, f"Compte rendu pour {name} mis au courrier.")
    else:
        made = actions.retry_delivery(delivery_id=found.pk, by=request.user)
        messages.success(request, f"Envoi relancé pour {name}.")
    return made


def _page(
    request: StaffRequest,
    chosen: Delivery | None,
    *,
    repair_form: RepairForm | None = None,
    cancel_form: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The list and its aside; ten queries at most, whatever the number of rows."""
    three_c_id = queries.basket_of(request.membership.organisation)
    basket, number = _place(request.GET)
    counts, page = queries.basket_counts(three_c_id), queries.deliveries_page(three_c_id, basket, number)
    if chosen is None and page.rows and page.rows[0].state.action:
        chosen = _found(page.rows[0].id)
    detail = queries.detail_of(chosen) if chosen else None
    mine = chosen is not None and chosen.three_c_id == request.membership.organisation_id
    sends = granted(request, DeliveryPermission.SEND)
    selecting = sends and any(row.selectable for row in page.rows)
    context = {
        "tabs": _tabs(counts, basket),
        "counts": counts,
        "selecting": selecting,
        "columns": [CHOICE, *COLUMNS] if selecting else COLUMNS,
        "page": page,
        "links": _links(request.GET, page, number),
        "basket": basket,
        "detail": detail,
        "may_send": sends and mine,
        "may_send_any": sends,
        "may_download": granted(request, DeliveryPermission.DOWNLOAD),
        "repair": repair_form or (_repair_form(detail) if detail else None),
        "cancel": cancel_form or CancelForm(),
        "repairable": chosen is not None and chosen.status in actions.REPAIRABLE,
        "cancellable": chosen is not None and chosen.status in actions.CANCELLABLE,
        "delivered": chosen is not None and chosen.status in actions.DELIVERED,
    }
    return render(request, "messaging/deliveries.html", context, status=status)


def _repair_form(detail: queries.Detail) -> RepairForm:
    """The likeliest way out comes chosen: an address that the directory knows, else the post, else the same again."""
    delivery, recipient = detail.delivery, detail.delivery.recipient
    way = RETRY
    if delivery.status == S.REFUSED and delivery.channel == ChannelKind.MSSANTE and detail.produced:
        way = DIRECTORY if detail.directory_address else PAPER if recipient.get("postal_address") else ADDRESS
    initial = {"way": way, "postal_address": recipient.get("postal_address", "")}
    return RepairForm(initial=initial, directory_address=detail.directory_address)


def _letters_page(
    request: StaffRequest, *, corrected: PostalAddressForm | None = None, status: int = 200
) -> HttpResponse:
    rows = queries.postal_list(request.membership.organisation_id)
    wanted = set(_uuids(request.GET))
    lines = []
    for row in rows:
        prefix = str(row.row.id)
        form = (
            corrected
            if corrected is not None and corrected.prefix == prefix
            else PostalAddressForm(prefix=prefix, initial={"postal_address": row.address})
        )
        checked = not (row.problem or row.opposed) and (not wanted or row.row.id in wanted)
        lines.append({"letter": row, "form": form, "checked": checked})
    return render(request, "messaging/letters.html", {"lines": lines}, status=status)


def _tabs(counts: queries.Counts, basket: Basket) -> list[Tab]:
    entries = (
        (Basket.ALL, "Tous, à traiter d’abord", None),
        (Basket.FAILED, "À traiter", counts.failed),
        (Basket.ON_THE_WAY, "En route", counts.on_the_way),
        (Basket.TO_POST, "À poster", counts.to_post),
        (Basket.GONE, "Partis", counts.gone),
    )
    return [
        Tab(label=label, href=f"?etat={key.value}" if key else "?", count=count, current=key == basket)
        for key, label, count in entries
    ]


def _place(query: QueryDict) -> tuple[Basket, int]:
    """The tab and the page that the address says; what it says wrong is the first one."""
    wanted, number = query.get("etat", ""), query.get("page", "1")
    basket = Basket(wanted) if wanted in set(Basket) else Basket.ALL
    return basket, max(1, min(int(number), queries.LAST_PAGE)) if number.isdecimal() else 1


def _links(query: QueryDict, page: queries.Page, number: int) -> PageLinks:
    def href(target: int) -> str:
        kept = query.copy()
        kept["page"] = str(target)
        return f"?{kept.urlencode()}"

    return PageLinks(
        first=page.first,
        last=page.first + len(page.rows) - 1,
        previous_href=href(number - 1) if number > 1 else "",
        next_href=href(number + 1) if page.has_next else "",
    )


def _found(delivery_id: UUID) -> Delivery:
    found: Delivery = get_object_or_404(
        Delivery.objects.select_related("patient", "document", "three_c").defer("document__data"), pk=delivery_id
    )
    return found


def _own(request: StaffRequest, delivery_id: UUID) -> Delivery:
    """A delivery of one's own basket: a colleague of another 3C who sees the patient does not repair it."""
    found = _found(delivery_id)
    if found.three_c_id != request.membership.organisation_id:
        raise PermissionDenied
    return found


def _chosen(request: StaffRequest) -> list[UUID]:
    return _uuids(request.POST)


def _uuids(values: QueryDict) -> list[UUID]:
    """The deliveries ticked; what is not an identifier is nobody's."""
    found = []
    for value in values.getlist("envoi")[:500]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
