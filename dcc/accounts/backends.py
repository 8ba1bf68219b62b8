"""Who signs in, as allauth says; who is signed in, read at each request by a compiled query (ADR 8)."""

from typing import Final

from allauth.account.auth_backends import AuthenticationBackend

from dcc.accounts.models import User
from dcc.lib.prepared import Prepared

_USER: Final = Prepared(lambda user_id: User.objects.filter(pk=user_id), user_id=int)


class StaffBackend(AuthenticationBackend):
    """The people of the networks."""

    def get_user(self, user_id: int) -> User | None:
        user = _USER.first(user_id=int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
