"""What the secrets of feeds are sealed to (D21); patients/documents/rotation.py closes them again under a new key."""

from uuid import UUID


def ins_context(traits_id: UUID) -> str:
    """What a matricule that was said is sealed to: the traits it was said with."""
    return f"feed.ins:{traits_id}"


def message_context(message_id: UUID) -> str:
    """What a raw message is sealed to: its own row."""
    return f"feed.message:{message_id}"
