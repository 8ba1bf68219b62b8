"""The channels that send by themselves; the post has none, a person prints it (channels/paper)."""

from messaging.channels.base import Channel
from messaging.channels.hl7.channel import Hl7Channel
from messaging.channels.mssante.channel import MssanteChannel

CHANNELS: dict[str, Channel] = {channel.kind: channel for channel in (MssanteChannel(), Hl7Channel())}


def channel_of(kind: str) -> Channel:
    """The channel of a kind; KeyError for one that does not send."""
    return CHANNELS[kind]
