"""The stories of the demonstration, one after the other: what its worklists and files hold on the first day."""

from dcc.demo.building import World
from dcc.demo.stories.backstage import Backstage
from dcc.demo.stories.feed import tell_feed, tell_regimes
from dcc.demo.stories.folders import tell_folders
from dcc.demo.stories.identities import tell_identities
from dcc.demo.stories.openings import tell_openings
from dcc.demo.stories.pairs import carry_out_merges, tell_pairs
from dcc.demo.stories.retention import tell_retention


def tell_stories(world: World) -> None:
    """Everything that fits in the transaction of the load."""
    backstage = Backstage(world)
    people = tell_identities(backstage)
    pairs = tell_pairs(backstage, people["dominique"])
    tell_folders(backstage, people, pairs)
    carry_out_merges()
    tell_openings(backstage, people | {"typo": pairs["typo"][0]})
    tell_retention(backstage)
    tell_regimes(backstage)


def tell_afterwards(world: World) -> None:
    """What hospitals say, each message in its own transaction."""
    tell_feed(Backstage(world))
