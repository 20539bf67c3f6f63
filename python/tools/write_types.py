"""Writes the lower part of `certgate/types.py` from the JSON Schemas of the installed engine, and `certgate/codes.py`.

`python tools/write_types.py FILE` writes the file and `codes.py` beside it; with `--check` it fails if either says
something else.
"""

from __future__ import annotations

import keyword
import sys
from pathlib import Path
from typing import Any

import certgate

VIEWS = (
    "decision",
    "loaded-policy",
    "signature-status",
    "code",
    "error",
    "certificate",
    "revocation-list",
    "verified-path",
    "not-verified",
    "profile",
    "lint",
    "lint-rule",
    "issued-certificate",
)

# Schemas whose parts are arguments in Python.
OPTIONS = ("verifier-options", "verify-options", "issuer-options", "new-revocation-list")

# What stands above this line in the file is written by hand.
MARK = "# Below: written by tools/write_types.py from the JSON Schemas. Do not edit.\n"

# The whole of `codes.py`, but for the codes.
CODES = '''"""The codes of all diagnostics. Written by tools/write_types.py from the table of codes. Do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

Code: TypeAlias = Literal[
{rows}]
"""Every code: `certgate.explain` says what it means."""
'''

# Definitions of the schemas that have a name in the part written by hand.
ALIASES = {"DataView": "Data", "Duration": "Duration", "Time": "Time", "StepView": "Union[str, int]"}

# Words that stand in more than one place: alias, schema, definition, field.
WORDS = (
    ("Severity", "decision", "DiagnosticView", "severity"),
    ("Outcome", "decision", None, "outcome"),
    ("SignatureState", "signature-status", None, "status"),
    ("Verification", ("verified-path", "not-verified"), None, "outcome"),
)


class Writer:
    """Collects the classes of several schemas, each once."""

    def __init__(self) -> None:
        self.classes: dict[str, str] = {}
        self.words: dict[tuple[str, ...], str] = {}

    def word(self, alias: str, schema: str | tuple[str, ...], definition: str | None, field: str) -> str:
        """The alias of a set of words, which may be one each of several schemas."""
        if isinstance(schema, tuple):
            words = tuple(load(name)["properties"][field]["const"] for name in schema)
        else:
            found = load(schema)
            holder = found if definition is None else found["$defs"][definition]
            words = tuple(holder["properties"][field]["enum"])
        self.words[words] = alias
        return f"{alias}: TypeAlias = {literal(words)}\n"

    def type_of(self, schema: dict[str, Any] | bool, read: bool) -> str:
        """The annotation of one value; of one that is read if `read`, else of one that is written."""
        if isinstance(schema, bool):
            return "Any"
        if "$ref" in schema:
            name: str = schema["$ref"].rpartition("/")[2]
            return ALIASES.get(name, name)
        if "const" in schema:
            return literal((schema["const"],))
        if "enum" in schema:
            words = tuple(schema["enum"])
            return self.words.get(words) or literal(words)
        if "anyOf" in schema:
            return union([self.type_of(part, read) for part in schema["anyOf"]])
        kinds = schema["type"]
        if isinstance(kinds, list):
            return union([self.type_of({**schema, "type": kind}, read) for kind in kinds])
        if kinds == "array":
            item = self.type_of(schema["items"], read)
            return f"Union[list[{item}], tuple[{item}, ...]]" if read else f"list[{item}]"
        if kinds == "object":
            return f"dict[str, {self.type_of(schema['additionalProperties'], read)}]"
        return {"string": "str", "integer": "int", "boolean": "bool", "null": "None"}[kinds]

    def add(self, name: str, schema: dict[str, Any], read: bool) -> None:
        """Writes the class of an object, after those that it refers to."""
        for inner, definition in schema.get("$defs", {}).items():
            if "oneOf" in definition:
                self.define(inner, definition)
            elif inner not in ALIASES:
                self.add(inner, definition, read)
        text = self.class_of(name, schema, read)
        if self.classes.setdefault(name, text) != text:
            raise SystemExit(f"two definitions of {name}")

    def define(self, name: str, schema: dict[str, Any]) -> None:
        """Writes the alias of words that a schema describes one by one."""
        words = tuple(choice["const"] for choice in schema["oneOf"])
        self.classes[name] = f'{name}: TypeAlias = {literal(words)}\n"""{schema["description"]}"""\n'

    def class_of(self, name: str, schema: dict[str, Any], read: bool) -> str:
        required = [key for key in schema["properties"] if key in schema.get("required", ())]
        optional = [key for key in schema["properties"] if key not in required]
        if not (required and optional):
            total = "" if required else ", total=False"
            return self.body(f"{name}(TypedDict{total})", schema, required or optional, read)
        base = f"_{name}Required"
        parts = (
            self.body(f"{base}(TypedDict)", {**schema, "description": ""}, required, read),
            self.body(f"{name}({base}, total=False)", schema, optional, read),
        )
        return "\n\n".join(parts)

    def body(self, head: str, schema: dict[str, Any], keys: list[str], read: bool) -> str:
        lines = [f"class {head}:"]
        if schema["description"]:
            lines += [f'    """{schema["description"]}"""', ""]
        for key in keys:
            if not key.isidentifier() or keyword.iskeyword(key):
                raise SystemExit(f"a class cannot have the key {key}")
            field = schema["properties"][key]
            kind = "Code" if (key, field.get("type")) == ("code", "string") else self.type_of(field, read)
            if not read and key not in schema.get("required", ()):
                kind = without_none(kind)
            lines.append(wrapped(f"    {key}: {kind}"))
            if field.get("description"):
                lines.append(f'    """{field["description"]}"""')
        return "\n".join(lines) + "\n"


def load(name: str) -> dict[str, Any]:
    schema = certgate.schema(name)
    if schema is None:
        raise SystemExit(f"no schema {name}")
    return schema


def literal(words: tuple[str, ...]) -> str:
    return "Literal[" + ", ".join(f'"{word}"' for word in words) + "]"


def wrapped(line: str) -> str:
    """A line that is too long, in the form that ruff gives it."""
    head, found, rest = line.partition("Literal[")
    if len(line) <= 120 or not found or not rest.endswith("]"):
        return line
    words = "".join(f"        {word},\n" for word in rest[:-1].split(", "))
    return f"{head}Literal[\n{words}    ]"


def union(parts: list[str]) -> str:
    """A union, the written form of Python 3.9."""
    if "None" in parts:
        return f"Optional[{union([part for part in parts if part != 'None'])}]"
    return parts[0] if len(parts) == 1 else f"Union[{', '.join(parts)}]"


def without_none(kind: str) -> str:
    return kind.removeprefix("Optional[").removesuffix("]") if kind.startswith("Optional[") else kind


def generate() -> str:
    """What stands below the mark."""
    writer = Writer()
    parts = [MARK, "\n".join(writer.word(*word) for word in WORDS)]
    for name in VIEWS:
        schema = load(name)
        writer.add(schema["title"], schema, read=False)
    writer.add("Context", load("context"), read=True)
    for name in OPTIONS:
        for inner, definition in load(name)["$defs"].items():
            if "oneOf" in definition:
                writer.define(inner, definition)
            elif inner not in ALIASES:
                writer.add(inner, definition, read=True)
    return "\n".join(parts) + "\n\n" + "\n\n".join(writer.classes.values())


def codes() -> str:
    """The text of `codes.py`."""
    return CODES.replace("{rows}", "".join(f'    "{view["code"]}",\n' for view in certgate.explain_all()))


def main(arguments: list[str]) -> int:
    check = arguments[:1] == ["--check"]
    types = Path(arguments[-1])
    by_hand = types.read_text(encoding="utf-8").partition(MARK)[0]
    texts = {types: by_hand + generate(), types.with_name("codes.py"): codes()}
    if not check:
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [file.name for file, text in texts.items() if file.read_text(encoding="utf-8") != text]
    for name in stale:
        print(f"{name} is not what tools/write_types.py writes", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
