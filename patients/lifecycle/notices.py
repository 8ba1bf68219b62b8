"""What must be seen of an identity before anything else about it: the lines under the banner."""

from dcc.lib import french
from patients.lifecycle.states import Attribute
from patients.models import Patient

_SENTENCES = {
    Attribute.DOUBTFUL: "Identité douteuse\u00a0: vérifiez qui est cette personne avant d’utiliser ce dossier",
    Attribute.HOMONYM: "Homonyme connu\u00a0: comparez le prénom, la date et le lieu de naissance",
    Attribute.FICTITIOUS: "Identité fictive\u00a0: dossier d’essai ou de formation",
    Attribute.ANONYMOUS: "Identité anonyme\u00a0: les traits ne sont pas ceux de l’état civil",
}


def notices_of(patient: Patient) -> tuple[str, ...]:
    """The sentences of the attributes, of an uncertain birth date and of a death, most serious first."""
    said = [sentence for attribute, sentence in _SENTENCES.items() if attribute in patient.attributes]
    if patient.birth_date_interpreted:
        said.append("Date de naissance incertaine, complétée par la règle nationale")
    if patient.is_deceased:
        when = f" le {french.date_short(patient.died_on)}" if patient.died_on else ", date non connue"
        said.append(f"{french.agree(patient.sex, 'Décédé', 'Décédée')}{when}")
    return tuple(said)
