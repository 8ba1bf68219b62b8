"""What can be done with deliveries."""

from enum import StrEnum


class DeliveryPermission(StrEnum):
    VIEW = "messaging.view"
    SEND = "messaging.send"  # retry, group, print, re-send
    DOWNLOAD = "messaging.download"  # the message as sent
    FEEDS_MANAGE = "messaging.feeds_manage"
