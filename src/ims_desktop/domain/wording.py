"""The program's own words: written in English where they are needed, said in another language where they are shown."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

Words = Annotated[str, "words"]
"""A text of the program. A parameter or field of this type is collected for translation and said when it is shown."""


CONTEXT_ENDS = "\x04"  # as gettext writes it


def in_context(text: str, context: str) -> str:
    """Under what a catalogue knows a text: behind the context that tells it from another meaning, if it has one."""
    return f"{context}{CONTEXT_ENDS}{text}" if context else text


class Sentence(str):
    """An English text that remembers what it was made of, so that it can be said in another language.

    It is the English text for whoever does not ask further: logs, the command line, tests.
    """

    __slots__ = ("context", "many", "number", "template", "values")
    template: str
    many: str | None  # the template for other counts than one
    number: int | None
    values: dict[str, Any]
    context: str  # what tells it from the same English text with another meaning

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the parts when it travels."""
        return _made, (self.template, self.many, self.number, self.values, self.context)


def say(template: str, /, **values: Any) -> Sentence:
    """A sentence with values in it: `say("{item} is in use.", item=name)`. The template is always written out there."""
    return _made(template, None, None, values)


def say_count(one: str, many: str, /, count: int, **values: Any) -> Sentence:
    """A sentence about a count: `say_count("{count} item", "{count} items", count=3)`."""
    return _made(one, many, count, {"count": count, **values})


def meant(text: str, context: str) -> Sentence:
    """A text whose English has a second meaning elsewhere: `meant("Open", "open this")` is a command, no state."""
    return _made(text, None, None, {}, context)


def word(text: str) -> Sentence:
    """One of the program's words for inside a sentence; where it is written its type says `Words`."""
    return _made(text, None, None, {})


class Tongue:
    """How the program's words are said to the person; whoever speaks another language sets it."""

    def __init__(self) -> None:
        self.said: Callable[[str], str] = str


tongue = Tongue()


def understood(text: str) -> tuple[str, ...]:
    """How somebody may type one of the program's words: in English, or in the language it is shown in."""
    return tuple(dict.fromkeys((text, tongue.said(text))))


def dotted(*parts: str) -> Sentence:
    """What stands side by side with dots between; what is empty is left out."""
    return _side_by_side(" · ", parts)


def commas(parts: Iterable[str]) -> Sentence:
    """One after the other with commas between."""
    return _side_by_side(", ", parts)


def sentences(parts: Iterable[str]) -> Sentence:
    """One sentence behind the other."""
    return _side_by_side(" ", parts)


def _side_by_side(sign: str, parts: Iterable[str]) -> Sentence:
    there = {f"part{place}": part for place, part in enumerate(parts) if part}
    return _made(sign.join(f"{{{name}}}" for name in there), None, None, there)


def both(parts: Sequence[str]) -> Sentence:
    """One after the other: "a, b and c"."""
    if len(parts) < 2:
        return commas(parts)
    return say("{first} and {last}", first=commas(parts[:-1]), last=parts[-1])


def either(parts: Sequence[str]) -> Sentence:
    """One of them: "a, b or c"."""
    if len(parts) < 2:
        return commas(parts)
    return say("{first} or {last}", first=commas(parts[:-1]), last=parts[-1])


def _made(template: str, many: str | None, count: int | None, values: dict[str, Any], context: str = "") -> Sentence:
    chosen = template if many is None or count == 1 else many
    sentence = Sentence(chosen.format(**values))
    sentence.template, sentence.many, sentence.number, sentence.values = template, many, count, values
    sentence.context = context
    return sentence
