"""The tables. Import models from here; modules inside import each other from the top down."""

from .user import User  # isort: skip
from .claim import Claim, ClaimText, Rebuttal
from .conversation import Comment, Mail
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
from .site_page import SitePage
from .source import Source
from .tip import Tip, TipAnswer, TipCount, TipSalt
from .topic import Topic

__all__ = [
    "Approval",
    "Behind",
    "Citation",
    "Claim",
    "ClaimText",
    "Comment",
    "Contribution",
    "Edition",
    "Figure",
    "History",
    "Mail",
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
    "SitePage",
    "Source",
    "Tip",
    "TipAnswer",
    "TipCount",
    "TipSalt",
    "Topic",
    "User",
    "Wording",
]
