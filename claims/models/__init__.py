"""The tables. Import models from here; modules inside import each other from the top down."""

from .user import User  # isort: skip
from .claim import Claim, ClaimText, Rebuttal
from .evidence import Citation, Figure, Relay, ReplyRequest, Wording
from .party import Party, PartyName
from .published import (
    Edition,
    PublishedEdge,
    PublishedEdition,
    PublishedMention,
    PublishedNotice,
    PublishedStanding,
    Release,
)
from .review import Approval, Behind, Contribution, History, Policy, Recheck
from .source import Source
from .topic import Topic

__all__ = [
    "Approval",
    "Behind",
    "Citation",
    "Claim",
    "ClaimText",
    "Contribution",
    "Edition",
    "Figure",
    "History",
    "Party",
    "PartyName",
    "Policy",
    "PublishedEdge",
    "PublishedEdition",
    "PublishedMention",
    "PublishedNotice",
    "PublishedStanding",
    "Rebuttal",
    "Recheck",
    "Relay",
    "Release",
    "ReplyRequest",
    "Source",
    "Topic",
    "User",
    "Wording",
]
