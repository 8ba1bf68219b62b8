"""What an identity can be, and by what it becomes so: closed lists, with the codes that travel (identity §1.5, §1.6).

The models and the rules both read them from here; nothing here knows a table.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class IdentityStatus(TextChoices):
    """Exactly one: was the INS obtained, was a document checked."""

    PROVISIONAL = "PROV", "provisoire"
    RETRIEVED = "RECUP", "récupérée"
    VALIDATED = "VALI", "validée"
    QUALIFIED = "QUAL", "qualifiée"


class Attribute(TextChoices):
    """What is said of an identity beside its status; the value is the code of PID-32 and of FR Core."""

    HOMONYM = "HOMA", "homonyme"
    DOUBTFUL = "DOUT", "douteuse"
    FICTITIOUS = "FICT", "fictive"
    ANONYMOUS = "ANOM", "anonyme"


# Column of Patient that holds each attribute.
FLAGS = {
    Attribute.HOMONYM: "is_homonym",
    Attribute.DOUBTFUL: "is_doubtful",
    Attribute.FICTITIOUS: "is_fictitious",
    Attribute.ANONYMOUS: "is_anonymous",
}
# Those that take the INS away and keep the identity provisional (EXI ID 24 and 26).
DISTRUSTED = frozenset({Attribute.DOUBTFUL, Attribute.FICTITIOUS, Attribute.ANONYMOUS})


class Channel(TextChoices):
    """By what way the traits came: the methods of collection of FR Core, and the feed of an establishment."""

    TYPED = "SM", "saisie manuelle"
    DATAMATRIX = "CB", "lecture du datamatrix INS"
    INSI = "INSI", "téléservice INSi"
    FEED = "FLUX", "flux de l’établissement"


class IdentityDocument(TextChoices):
    """What somebody may be shown at the desk, codes of FR Core where it has one."""

    CARD = "CN", "carte nationale d’identité"
    PASSPORT = "PA", "passeport"
    RESIDENCE = "CS", "titre de séjour"
    DIGITAL = "IN", "identité numérique de niveau substantiel ou élevé"
    VITALE_APP = "AV", "application carte Vitale"
    BIRTH_CERTIFICATE = "AN", "extrait d’acte de naissance"
    FAMILY_BOOK = "LF", "livret de famille"
    VITALE_CARD = "CV", "carte Vitale"
    DRIVING_LICENCE = "PC", "permis de conduire"
    OTHER = "AUTRE", "autre document"
    SOURCE = "SOURCE", "pièce contrôlée par l’établissement d’origine"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule:
    """What a document proves: `validates` the identity or nothing; `minors_only` beside that of a representative."""

    validates: bool
    minors_only: bool = False
    at_the_desk: bool = True


DOCUMENTS: dict[IdentityDocument, DocumentRule] = {
    IdentityDocument.CARD: DocumentRule(validates=True),
    IdentityDocument.PASSPORT: DocumentRule(validates=True),
    IdentityDocument.RESIDENCE: DocumentRule(validates=True),
    IdentityDocument.DIGITAL: DocumentRule(validates=True),
    IdentityDocument.VITALE_APP: DocumentRule(validates=True),
    IdentityDocument.BIRTH_CERTIFICATE: DocumentRule(validates=True, minors_only=True),
    IdentityDocument.FAMILY_BOOK: DocumentRule(validates=True, minors_only=True),
    IdentityDocument.VITALE_CARD: DocumentRule(validates=False),
    IdentityDocument.DRIVING_LICENCE: DocumentRule(validates=False),
    IdentityDocument.OTHER: DocumentRule(validates=False),
    IdentityDocument.SOURCE: DocumentRule(validates=True, at_the_desk=False),
}


class InsEnd(TextChoices):
    """Why a matricule is no longer, or never was, the one in force."""

    DECLARED = "declared", "ancien matricule donné par INSi"
    REPLACED = "replaced", "remplacé par un autre"
    CORRECTED = "corrected", "traits corrigés"
    UNCONFIRMED = "unconfirmed", "non confirmé par INSi"
    DOUBTED = "doubted", "identité douteuse, fictive ou anonyme"


class InsiDecision(TextChoices):
    """What a person made of an answer of INSi; an answer that is not decided within a day is worth nothing."""

    NONE = "", "en attente"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "écartée"
    LAPSED = "lapsed", "effacée sans décision"


class Regime(TextChoices):
    """Who says the traits of the patients of an establishment (identity §1.2)."""

    REFERENCE = "reference", "référentiel : les identités se saisissent ici"
    FOLLOWER = "follower", "esclave : les identités viennent du logiciel de l’établissement"


class Relation(TextChoices):
    """Who somebody is for the patient; the first three represent them by law."""

    MOTHER = "mother", "mère, représentante légale"
    FATHER = "father", "père, représentant légal"
    GUARDIAN = "guardian", "tuteur ou autre représentant légal"
    TRUSTED = "trusted", "personne de confiance"
    TO_CALL = "to_call", "personne à prévenir"


REPRESENTATIVES = frozenset({Relation.MOTHER, Relation.FATHER, Relation.GUARDIAN})
