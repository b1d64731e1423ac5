"""A rule set in words: its guide for residents, the timeline of a month, what differs between two of them.

All of it is made from the structs that decide, in Japanese, easy Japanese and English. Data comes out; ``render`` and
``drawing`` write it as text, Markdown, HTML and SVG.
"""

from yoyaku.rulebook.words.difference import Change, difference
from yoyaku.rulebook.words.guide import guide
from yoyaku.rulebook.words.pieces import Bullets, Guide, Paragraph, Section, Table
from yoyaku.rulebook.words.quoted import Quoted, quoted
from yoyaku.rulebook.words.timeline import Timeline, timeline
from yoyaku.rulebook.words.timeline_picture import timeline_svg
from yoyaku.rulebook.words.voice import TONGUES, Tongue, Voice

__all__ = [
    "TONGUES",
    "Bullets",
    "Change",
    "Guide",
    "Paragraph",
    "Quoted",
    "Section",
    "Table",
    "Timeline",
    "Tongue",
    "Voice",
    "difference",
    "guide",
    "quoted",
    "timeline",
    "timeline_svg",
]
