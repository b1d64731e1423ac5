"""The processor's HTML: one plain page that a phone, a keyboard and a screen reader can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

STYLE: Final = (
    "body{font:1.0625rem/1.6 sans-serif;max-width:34rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.5rem}dt,label,legend{font-weight:bold}dd{margin:0 0 .75rem}.field{margin:1rem 0}"
    "input[type=text]{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #595959}"
    "input[aria-invalid=true]{border:2px solid #c00}.mistake{color:#a30000;font-weight:bold}"
    ".choice{display:block;min-height:2.5rem;font-weight:normal}fieldset{border:1px solid #595959;padding:.5rem 1rem}"
    "button,.button{font:inherit;font-weight:bold;min-height:2.75rem;padding:.5rem 1.5rem;margin:.25rem .5rem .25rem 0;"
    "border:2px solid #0b3d91;background:#0b3d91;color:#fff;border-radius:.25rem;text-decoration:none;display:inline-block}"
    "button.second{background:#fff;color:#0b3d91}:focus-visible{outline:3px solid #b35900;outline-offset:2px}"
    "table{border-collapse:collapse}td,th{border:1px solid #595959;padding:.25rem .5rem;text-align:left}"
    ".demo{border-left:.25rem solid #595959;padding-left:.75rem}.scroll{overflow-x:auto}"
)


def page(language: str, *, title: str, content: str, lead: str = "") -> bytes:
    """A whole page; ``content`` and ``lead`` are HTML."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        '<meta name="referrer" content="no-referrer">'
        f'<style>{STYLE}</style></head><body><header>{lead}</header><main id="main"><h1>{escape(title)}</h1>{content}</main></body></html>'
    ).encode()


def listed(rows: Sequence[tuple[str, str]]) -> str:
    """Terms and what they are."""
    return "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(told)}</dd>" for term, told in rows) + "</dl>"


def text_field(
    name: str, *, label: str, autocomplete: str, value: str = "", hint: str = "", mistake: str | None = None
) -> str:
    """A line to type into, with its hint and its mistake tied to it."""
    described = [f"{name}-{part}" for part, there in (("hint", hint), ("mistake", mistake)) if there]
    tied = f' aria-describedby="{" ".join(described)}"' if described else ""
    wrong = ' aria-invalid="true"' if mistake else ""
    return (
        f'<div class="field"><label for="{name}">{escape(label)}</label>'
        + (f'<div id="{name}-hint">{escape(hint)}</div>' if hint else "")
        + (f'<div id="{name}-mistake" class="mistake">{escape(mistake)}</div>' if mistake else "")
        + f'<input type="text" inputmode="numeric" id="{name}" name="{name}" autocomplete="{autocomplete}"'
        f' value="{escape(value)}"{tied}{wrong}></div>'
    )


def choice_field(
    name: str, *, legend: str, choices: Mapping[str, str], chosen: str = "", mistake: str | None = None
) -> str:
    """One of several; the mistake stands with the question."""
    boxes = "".join(
        f'<label class="choice"><input type="radio" id="{name if at == 0 else f"{name}-{code}"}" name="{name}"'
        f' value="{escape(code)}"{" checked" if code == chosen else ""}> {escape(label)}</label>'
        for at, (code, label) in enumerate(choices.items())
    )
    wrong = f'<div id="{name}-mistake" class="mistake">{escape(mistake)}</div>' if mistake else ""
    tied = f' aria-describedby="{name}-mistake"' if mistake else ""
    return f"<fieldset{tied}><legend>{escape(legend)}</legend>{wrong}{boxes}</fieldset>"


def summary(title: str, mistakes: Mapping[str, str]) -> str:
    """All mistakes on top, each a link to its field."""
    if not mistakes:
        return ""
    links = "".join(f'<li><a href="#{name}">{escape(told)}</a></li>' for name, told in mistakes.items())
    return f'<div role="alert" class="mistake"><h2>{escape(title)}</h2><ul>{links}</ul></div>'


def button(label: str, *, name: str = "act", value: str, second: bool = False) -> str:
    """A button that sends its form."""
    kind = ' class="second"' if second else ""
    return f'<button{kind} name="{name}" value="{escape(value)}">{escape(label)}</button>'


def link(label: str, url: str) -> str:
    """A link that looks like a button."""
    return f'<p><a class="button" href="{escape(url)}">{escape(label)}</a></p>'
