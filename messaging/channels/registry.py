"""The channels that send by themselves; the post has none, a person prints it (channels/paper)."""

from messaging.channels.base import Channel
from messaging.channels.hl7.channel import Hl7Channel
from messaging.channels.mssante.channel import MssanteChannel

_ALL: tuple[Channel, ...] = (MssanteChannel(), Hl7Channel())
CHANNELS = {channel.kind: channel for channel in _ALL}


def channel_of(kind: str) -> Channel:
    """The channel of a kind; KeyError for one that does not send."""
    return CHANNELS[kind]
