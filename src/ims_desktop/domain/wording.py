"""The program's own words: written in English where they are needed, said in another language where they are shown."""

from typing import Annotated, Any

Words = Annotated[str, "words"]
"""A text of the program. A parameter or field of this type is collected for translation and said when it is shown."""


class Sentence(str):
    """An English text that remembers what it was made of, so that it can be said in another language.

    It is the English text for whoever does not ask further: logs, the command line, tests.
    """

    __slots__ = ("many", "number", "template", "values")
    template: str
    many: str | None  # the template for other counts than one
    number: int | None
    values: dict[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the parts when it travels."""
        return _made, (self.template, self.many, self.number, self.values)


def say(template: str, /, **values: Any) -> Sentence:
    """A sentence with values in it: `say("{item} is in use.", item=name)`. The template is always written out there."""
    return _made(template, None, None, values)


def say_count(one: str, many: str, /, count: int, **values: Any) -> Sentence:
    """A sentence about a count: `say_count("{count} item", "{count} items", count=3)`."""
    return _made(one, many, count, {"count": count, **values})


def _made(template: str, many: str | None, count: int | None, values: dict[str, Any]) -> Sentence:
    chosen = template if many is None or count == 1 else many
    sentence = Sentence(chosen.format(**values))
    sentence.template, sentence.many, sentence.number, sentence.values = template, many, count, values
    return sentence
