"""Tables that libraries bring: they cannot declare their isolation, so this closed list does it for them."""

from typing import Any

# No patient data in any of them. S select, I insert, U update, D delete, for dcc_web; the worker reads none.
THIRD_PARTY_TABLES = {
    "django_session": "SIUD",
    "django_content_type": "S",
    "django_migrations": "S",
    "auth_permission": "S",
    "auth_group": "S",
    "auth_group_permissions": "S",
    "account_emailaddress": "SIUD",
    "account_emailconfirmation": "SIUD",
    "mfa_authenticator": "SIUD",
    "usersessions_usersession": "SIUD",
}


def grant_third_party_tables(*, using: str, **_: Any) -> None:
    """Give the web role what sign-in and sessions need, after each migrate."""
    from django.db import connections

    from dcc.tenancy.isolation import VERBS

    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table, letters in THIRD_PARTY_TABLES.items():
            if table in existing:
                cursor.execute(f'GRANT {", ".join(VERBS[letter] for letter in letters)} ON "{table}" TO dcc_web')
                cursor.execute(f'GRANT SELECT ON "{table}" TO dcc_backup')
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO dcc_web, dcc_worker")
        cursor.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO dcc_backup")
