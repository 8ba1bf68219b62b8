"""Forms about people and habilitations."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from dcc.accounts.models import User
from dcc.accounts.people import Status
from dcc.accounts.professions import SPECIALTIES, Profession
from dcc.accounts.reach import Reach
from dcc.lib.french import phone as phone_words
from dcc.lib.professional_ids import IdentifierRefused, clean_rpps
from dcc.organisations.kinds import OrganisationKind
from dcc.organisations.models import Organisation
from dcc.roles import ROLES
from dcc.ui.forms import DccForm, FrenchDateField

CIVILITIES = [("", "Sans"), ("Mme", "Mme"), ("M.", "M."), ("Dr", "Dr"), ("Pr", "Pr")]
WHOLE_ADDRESS = "Écrivez l’adresse en entier, par exemple prenom.nom@hopital.fr"
SPECIALTY_CHOICES = [
    ("", "Choisir"),
    *sorted(((code, label) for code, (label, _) in SPECIALTIES.items()), key=lambda one: one[1]),
]


class ContactForm(DccForm):
    phone = forms.CharField(
        label="Téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    mssante_address = forms.EmailField(
        label="Adresse MSSanté",
        required=False,
        help_text="Les comptes rendus vous parviennent à cette adresse.",
        error_messages={"invalid": "Écrivez l’adresse en entier, par exemple prenom.nom@region.mssante.fr"},
    )

    def clean_phone(self) -> str:
        return phone_words(self.cleaned_data["phone"])


class PersonForm(DccForm):
    """Who the person is. `user` is the one edited, if any: doubles are looked for among the others."""

    civility = forms.ChoiceField(label="Civilité", choices=CIVILITIES, required=False)
    last_name = forms.CharField(label="Nom", max_length=100, error_messages={"required": "Indiquez le nom"})
    first_name = forms.CharField(label="Prénom", max_length=100, error_messages={"required": "Indiquez le prénom"})
    email = forms.EmailField(
        label="Adresse électronique professionnelle",
        help_text="L’invitation et les codes de connexion y arrivent.",
        error_messages={"required": "Indiquez l’adresse électronique", "invalid": WHOLE_ADDRESS},
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=[("", "Choisir"), *Profession.choices],
        error_messages={"required": "Choisissez la profession"},
    )
    specialty = forms.ChoiceField(
        label="Spécialité",
        choices=SPECIALTY_CHOICES,
        required=False,
        help_text="Pour un médecin : elle compte dans le quorum.",
    )
    rpps = forms.CharField(label="RPPS", max_length=20, required=False, help_text="11 chiffres, s’il en a un.")
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    mssante_address = forms.EmailField(
        label="Adresse MSSanté", required=False, error_messages={"invalid": WHOLE_ADDRESS}
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.existing: User | None = None

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_rpps(self) -> str:
        typed = self.cleaned_data["rpps"]
        try:
            return clean_rpps(typed) if typed else ""
        except IdentifierRefused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean_phone(self) -> str:
        return phone_words(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("profession") == Profession.PHYSICIAN:
            if not cleaned.get("specialty"):
                self.add_error(
                    "specialty", "Choisissez la spécialité : sans elle, ce médecin ne compte pas dans le quorum"
                )
        else:
            cleaned["specialty"] = ""
        self._find_existing(cleaned)
        return cleaned

    def _find_existing(self, cleaned: dict[str, Any]) -> None:
        """The same address or RPPS is the same person; one of each is a mistake."""
        others = User.objects.exclude(pk=self.user.pk) if self.user else User.objects.all()
        by_email = others.at(cleaned["email"]).first() if cleaned.get("email") else None
        by_rpps = others.filter(rpps=cleaned["rpps"]).first() if cleaned.get("rpps") else None
        if by_email and by_rpps and by_email != by_rpps:
            self.add_error("rpps", "Ce RPPS est celui d’un autre compte que cette adresse. Vérifiez les deux")
        elif self.user and by_email:
            self.add_error("email", "Cette adresse est déjà celle d’un autre compte")
        elif self.user and by_rpps:
            self.add_error("rpps", "Ce RPPS est déjà celui d’un autre compte")
        else:
            self.existing = by_email or by_rpps


class HabilitationForm(DccForm):
    """What the person may do, where, until when, on which signed paper."""

    organisation = forms.ChoiceField(label="Structure", error_messages={"required": "Choisissez la structure"})
    role = forms.ChoiceField(label="Rôle", error_messages={"required": "Choisissez le rôle"})
    expires_on = FrenchDateField(
        label="Jusqu’au", prefer="future", required=False, help_text="Ce jour compris. Vide : sans terme."
    )
    signed_by = forms.CharField(
        label="Signataire", max_length=200, required=False, help_text="Chef d’établissement ou son délégué."
    )
    signed_on = FrenchDateField(label="Signé le", prefer="past", not_after_today=True, required=False)
    paper_reference = forms.CharField(
        label="Référence du formulaire", max_length=100, required=False, help_text="Où retrouver le papier."
    )

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach
        places = [(str(one.pk), f"{one.name} ({one.get_kind_display()})") for one in reach.open]
        roles = [(one.code, f"{one.label}{' – formulaire signé' if one.paper else ''}") for one in reach.roles()]
        self.fields["organisation"].choices = [("", "Choisir"), *places]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "Choisir"), *roles]  # type: ignore[attr-defined]

    def clean_organisation(self) -> Organisation:
        found = self.reach.find(self.cleaned_data["organisation"])
        assert found is not None  # the choices are those of the reach
        return found

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise ValidationError("Cette date est passée. Indiquez une date à venir, ou rien")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role, organisation = ROLES.get(cleaned.get("role", "")), cleaned.get("organisation")
        if role and organisation and organisation.kind not in role.kinds:
            kinds = ", ".join(OrganisationKind(kind).label for kind in sorted(role.kinds))
            self.add_error("role", f"Ce rôle se donne dans une structure de type : {kinds}")
        if role and role.paper:
            for name, sentence in PAPER.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned


PAPER = {
    "signed_by": "Ce rôle demande un formulaire signé : indiquez le signataire",
    "signed_on": "Ce rôle demande un formulaire signé : indiquez la date de signature",
    "paper_reference": "Ce rôle demande un formulaire signé : indiquez sa référence",
}


class PeopleFilter(DccForm):
    """Filters of the list of users; whatever is typed, it answers."""

    q = forms.CharField(label="Nom, adresse ou RPPS", required=False, widget=forms.TextInput(attrs={"type": "search"}))
    organisation = forms.ChoiceField(label="Structure", required=False)
    role = forms.ChoiceField(label="Rôle", required=False)
    status = forms.ChoiceField(label="État", required=False, choices=[("", "tous"), *Status.choices])

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(one.pk), one.name) for one in reach.open]
        self.fields["organisation"].choices = [("", "toutes"), *places]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "tous"), *((one.code, one.label) for one in reach.roles())]  # type: ignore[attr-defined]
