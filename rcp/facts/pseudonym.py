"""What stands for a case in the facts: nobody without the platform's key can go from one to the other."""

from uuid import UUID

from dcc.lib.crypto import keyed_hash
from dcc.master_keys import keyring

PURPOSE = "rcp.fact"


def case_key(case_id: UUID) -> UUID:
    """The pseudonym of a case: the first 128 bits of its HMAC, always the same."""
    return UUID(bytes=keyed_hash(str(case_id), purpose=PURPOSE, keyring=keyring())[:16])
