"""Reports that nest their lines in one another, as JSON or XML: the lines become rows, with what stands above them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.parsers import expat

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.text_file import decode
from ims_desktop.domain.wording import say

MOST_ROWS, DEEPEST = 500_000, 60


def read_nested(content: bytes, name: str) -> Sequence[Sequence[str]] | None:
    """Header and rows of a nested report; None for a file that is none."""
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begins not in (b"{", b"[", b"<"):
        return None
    tree = _of_json(content, name) if begins != b"<" else _of_xml(content, name)
    branches: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for path, row in _rows(tree, (), {}):
        branches.setdefault(path, []).append(row)
    if not branches:
        raise UserError(say("{name} holds no lines.", name=name))
    # The lines are what there is most of; of branches of one size the deepest.
    _path, rows = max(branches.items(), key=lambda each: (len(each[1]), len(each[0])))
    header = list(dict.fromkeys(key for row in rows for key in row))
    return [header, *([row.get(key, "") for key in header] for row in rows)]


def _rows(
    tree: Any, path: tuple[str, ...], above: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Every object of the tree by its path, with its own plain values and those of all above it."""
    if len(path) > DEEPEST:
        return
    if isinstance(tree, list):
        for each in tree:
            yield from _rows(each, path, above)
    elif isinstance(tree, dict):
        own = {key: _text(value) for key, value in tree.items() if not isinstance(value, dict | list)}
        inherited = {key: value for key, value in above.items() if key not in own}
        if own:
            yield path, {**inherited, **own}
        for key, value in tree.items():
            if isinstance(value, dict | list):
                yield from _rows(value, (*path, key), {**inherited, **own})


def _text(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _of_json(content: bytes, name: str) -> Any:
    text, _encoding = decode(content, name)
    try:
        return json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as wrong:
        raise UserError(say("{name} looks like JSON and cannot be read: {wrong}.", name=name, wrong=wrong)) from wrong


def _of_xml(content: bytes, name: str) -> Any:
    """The tree of an XML file. Entities are refused: a few lines of them unpack to more than there is memory."""
    parser = expat.ParserCreate()
    root: dict[str, Any] = {}
    stack: list[dict[str, Any]] = [root]
    words: list[list[str]] = [[]]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise UserError(say("{name} nests its elements more than {deepest} deep.", name=name, deepest=DEEPEST))
        stack.append(dict(attributes))
        words.append([])

    def end(tag: str) -> None:
        made, text = stack.pop(), "".join(words.pop()).strip()
        stack[-1].setdefault(tag, []).append(made if made else text)
        if made and text:
            made.setdefault("text", text)

    def heard(text: str) -> None:
        words[-1].append(text)

    def refuse(*_declared: object) -> None:
        raise UserError(say("{name} declares entities, which no report needs. It is not read.", name=name))

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = heard
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as wrong:
        raise UserError(say("{name} looks like XML and cannot be read: {wrong}.", name=name, wrong=wrong)) from wrong
    return _plain(root)


def _plain(tree: Any) -> Any:
    """Elements that stand alone and hold only text are values; the others are lists of objects."""
    if isinstance(tree, dict):
        return {key: _single(value) for key, value in tree.items()}
    return tree


def _single(value: Any) -> Any:
    if isinstance(value, list):
        plain = [_plain(each) for each in value]
        return plain[0] if len(plain) == 1 and isinstance(plain[0], str) else plain
    return value
