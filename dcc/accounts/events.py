"""What is traced about people: sign-in on the platform's chain, habilitations in the region of the organisation."""

from dcc.audit.catalogue import EventCatalogue


class SignInEvent(EventCatalogue):
    """Platform events: they belong to a person, not to a network, but for the choice of where to work."""

    SIGNED_IN = "signin.done", "Connexion ({method})."
    FAILED = "signin.failed", "Connexion refusée : adresse ou mot de passe faux."
    BLOCKED = "signin.blocked", "Connexion bloquée un moment : trop d’essais."
    CODE_SENT = "signin.code_sent", "Code de connexion envoyé par messagerie."
    CODE_REFUSED = "signin.code_refused", "Code de connexion refusé."
    SIGNED_OUT = "signin.out", "Déconnexion ({reason})."
    TERMS_ACCEPTED = "signin.terms", "Conditions d’utilisation acceptées, version {version}."
    MEMBERSHIP_CHOSEN = "signin.membership", "Travail pour {place}, rôle {role}."
    FACTOR_ADDED = "signin.factor_added", "Second facteur ajouté ({factor})."
    FACTOR_REMOVED = "signin.factor_removed", "Second facteur retiré ({factor})."
    RECOVERY_CODES = "signin.recovery_codes", "Codes de secours renouvelés."
    PASSWORD_CHANGED = "signin.password", "Mot de passe changé."
    ROOM_STARTED = "signin.room_started", "Mode séance activé ({room})."
    ROOM_STOPPED = "signin.room_stopped", "Mode séance terminé."
    ROOM_LOCKED = "signin.room_locked", "Session verrouillée\u00a0: personne au poste de la réunion."
    ROOM_UNLOCKED = "signin.room_unlocked", "Session rouverte par le code de séance."
    ROOM_REFUSED = "signin.room_refused", "Code de séance refusé."
    SESSION_ENDED = "signin.session_ended", "Session fermée à distance."


class UserEvent(EventCatalogue):
    CREATED = "user.created", "Compte créé."
    CHANGED = "user.changed", "Compte modifié : {fields}."
    INVITED = "user.invited", "Invitation envoyée pour choisir un mot de passe."
    DEACTIVATED = "user.deactivated", "Compte désactivé."
    REACTIVATED = "user.reactivated", "Compte réactivé."
    FACTORS_RESET = "user.factors_reset", "Seconds facteurs retirés par un administrateur."
    MEMBERSHIP_GRANTED = (
        "user.membership_granted",
        "Habilitation donnée : {role}, {place}. Formulaire signé : {paper}.",
    )
    MEMBERSHIP_REVOKED = "user.membership_revoked", "Habilitation retirée : {role}, {place}."
