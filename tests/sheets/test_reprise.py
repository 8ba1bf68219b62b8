"""A new sheet says again what the last validated one said (VAL-04), by the policy of each question."""

from uuid import uuid4

from rcp.cases.actions import validate_case
from rcp.models import Answer, Case, CaseStatus, FormVersion, Origin
from rcp.sheets.actions import open_sheet
from rcp.sheets.definitions import compiled
from rcp.sheets.draft import Draft
from rcp.sheets.reprise import offered, source_of, take_over
from tests.sheets.casework import answer, choose, complete, make_case, sein_meeting, sit
from tests.sheets.schedules import next_meeting


def second_passage(working_as):
    """A patient validated once on the breast form, then registered again."""
    with working_as("bob") as bob:
        case = make_case(by=bob)
        sheet = case.sheets.get()
        sit(case.meeting, "bob", "helias", "oumarou")
        complete(sheet, by=bob)
        answer(sheet, "tronc.taille", 165, by=bob)
        answer(sheet, "sein.re", 90, by=bob)
        answer(sheet, "tronc.synthese", "Tumorectomie le 6 novembre.", by=bob)
        choose(sheet, "tronc.ttt_ant.type", "chirurgie", by=bob, lines=(str(uuid4()),))
        validate_case(case_id=case.pk, by=bob)
        later = next_meeting(sein_meeting())
        first = Case.objects.get(pk=case.pk)
        fields = {
            field.attname: getattr(first, field.attname)
            for field in Case._meta.concrete_fields
            if field.attname
            not in (
                "id",
                "order_number",
                "order_year",
                "order_label",
                "validated_at",
                "validated_by_id",
                "discussed_at",
            )
        }
        fields |= {"meeting_id": later.pk, "status": CaseStatus.REGISTERED, "representation_due": False}
        case = Case.objects.create(**fields)
        return Case.objects.select_related("meeting__board", "patient", "information").get(pk=case.pk)


def test_a_second_passage_starts_from_the_first(working_as):
    case = second_passage(working_as)
    with working_as("bob") as bob:
        sheet = open_sheet(case=case, by=bob)
        rows = {row.path.rsplit("/", 1)[-1]: row for row in Answer.objects.filter(sheet=sheet)}
        assert rows["tronc.taille"].value == 165
        assert not rows["tronc.taille"].to_confirm  # « toujours »
        assert rows["sein.re"].value == 90
        assert rows["sein.re"].to_confirm  # « à confirmer » blocks validation
        assert rows["sein.re"].author_name == "repris de la fiche du 26/11/2030"
        assert rows["sein.re"].origin == Origin.PREFILL
        assert "tronc.synthese" not in rows  # « si coché »
        assert "tronc.decision" not in rows  # « jamais »
        assert "tronc.question" not in rows  # the registration's
        draft = Draft(case=case, sheet=sheet)
        assert draft.form.path("sein.re") in draft.to_confirm


def test_what_is_taken_over_on_request_is_offered_until_it_is(working_as):
    case = second_passage(working_as)
    with working_as("bob") as bob:
        sheet = open_sheet(case=case, by=bob)
        form = compiled(sheet.form_id)
        source = source_of(case, form, sheet.form.code)
        answers = Draft(case=case, sheet=sheet).answers
        assert {item.link_id for item in offered(form, source, answers)} >= {"tronc.synthese", "tronc.ttt_ant"}
        take_over(case=case, sheet=sheet, link_ids=["tronc.synthese", "tronc.ttt_ant"], op_id=uuid4(), by=bob)
        draft = Draft(case=case, sheet=sheet)
        assert draft.answers[form.path("tronc.synthese")] == "Tumorectomie le 6 novembre."
        types = [value for path, value in draft.answers.items() if path.endswith("tronc.ttt_ant.type")]
        assert types[0]["code"] == "chirurgie"
        assert not {item.link_id for item in offered(form, source, draft.answers)} & {"tronc.synthese", "tronc.ttt_ant"}


def test_a_tumour_is_never_taken_for_another(working_as):
    case = second_passage(working_as)
    with working_as("bob"):
        trunk = FormVersion.objects.get(code="tronc")
        source = source_of(case, compiled(trunk.pk), trunk.code)
        chapters = {path.split("/")[0] for path in source.answers}
        assert chapters == {"tronc.ch.terrain"}
        assert all(to_confirm for _, to_confirm in source.copied().values())
