"""What can be done with people and organisations."""

from enum import StrEnum


class AccountPermission(StrEnum):
    USERS_VIEW = "accounts.users_view"
    USERS_MANAGE = "accounts.users_manage"
    ORGANISATIONS_VIEW = "accounts.organisations_view"
    ORGANISATIONS_MANAGE = "accounts.organisations_manage"
    AUDIT_VIEW = "accounts.audit_view"
