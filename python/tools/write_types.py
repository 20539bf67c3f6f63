"""Writes the generated parts of `certgate/_types` from the JSON Schemas of the installed engine, and `codes.py`.

`python tools/write_types.py FOLDER` writes below the folder of the package; with `--check` it fails if a file says
something else.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from typing import Any

import certgate

# Modules in the order in which they may use each other: what each is about, and the schemas of its views.
MODULES = {
    "diagnostics": ("Diagnostics, codes and errors", ("error", "code", "signature-status")),
    "arguments": ("What goes in as plain data", ()),
    "requests": ("Requests and decisions", ("decision",)),
    "policies": (
        "Policies, and what the tools say of them",
        (
            "loaded-policy",
            "explanation",
            "policy-comparison",
            "constraints",
            "set-decision",
            "case-report",
            "mended-request",
            "renewal",
        ),
    ),
    "certificates": (
        "Certificates and revocation lists",
        ("certificate", "revocation-list", "issued-certificate"),
    ),
    "verification": ("Verification", ("verified-path", "not-verified", "profile")),
    "lint": ("Lint", ("lint", "lint-rule")),
}

# Schemas whose parts are arguments in Python.
OPTIONS = ("verifier-options", "verify-options", "issuer-options", "new-revocation-list")

# The module that has the words.
WORDS_IN = "diagnostics"

HEAD = '''"""{about}. Written by tools/write_types.py from the JSON Schemas. Do not edit."""

from __future__ import annotations

'''

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
ALIASES = {
    "ContextDocument": "Context",
    "DataView": "Data",
    "Duration": "Duration",
    "StepView": "Union[str, int]",
    "Time": "Time",
}

# What the part written by hand has of these.
BY_HAND = ("Data", "Duration", "Time")

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
        self.module = ""
        self.classes: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        # Parts of contexts are read, also where a view repeats them.
        self.contexts = set(load("context")["$defs"])
        self.words: dict[tuple[str, ...], str] = {}

    def word(self, alias: str, schema: str | tuple[str, ...], definition: str | None, field: str) -> None:
        """Writes the alias of a set of words, which may be one each of several schemas."""
        if isinstance(schema, tuple):
            words = tuple(load(name)["properties"][field]["const"] for name in schema)
        else:
            found = load(schema)
            holder = found if definition is None else found["$defs"][definition]
            words = tuple(holder["properties"][field]["enum"])
        self.words[words] = alias
        self.keep(alias, f"{alias}: TypeAlias = {literal(words)}\n")

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
            words = tuple(word for word in schema["enum"] if word is not None)
            kind = self.words.get(words) or literal(words)
            return union([kind, "None"]) if None in schema["enum"] else kind
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
            elif inner not in ALIASES and (read or inner not in self.contexts):
                self.add(inner, definition, read)
        self.keep(name, self.class_of(name, schema, read))

    def keep(self, name: str, text: str) -> None:
        """A definition belongs to the first module that has it."""
        if self.classes.setdefault(name, text) != text:
            raise SystemExit(f"two definitions of {name}")
        self.modules.setdefault(name, self.module)

    def define(self, name: str, schema: dict[str, Any]) -> None:
        """Writes the alias of words that a schema describes one by one."""
        words = tuple(choice["const"] for choice in schema["oneOf"])
        self.keep(name, f'{name}: TypeAlias = {literal(words)}\n"""{schema["description"]}"""\n')

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


def imported(module: str, names: list[str]) -> str:
    """A line that imports names, in the form that ruff gives it."""
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= 121:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def text_of(module: str, about: str, writer: Writer) -> str:
    """The text of a module: its definitions, and imports of what they use."""
    own = {name: text for name, text in writer.classes.items() if writer.modules[name] == module}
    body = "\n\n".join(own.values())
    used = set(re.findall(r"\w+", re.sub(r'""".*?"""|"[^"]*"', "", body, flags=re.DOTALL)))
    aliases = "TypeAlias" in used
    typing = [name for name in ("Any", "Literal", "Optional", "TypedDict", "Union") if name in used]
    others: dict[str, list[str]] = {}
    for name in sorted(used):
        if name in BY_HAND:
            others.setdefault("certgate._types.base", []).append(name)
        elif name == "Code":
            others.setdefault("certgate.codes", []).append(name)
        elif name not in own and name in writer.modules:
            others.setdefault(f"certgate._types.{writer.modules[name]}", []).append(name)
    text = HEAD.format(about=about) + imported("typing", ["TYPE_CHECKING"] * aliases + typing)
    if others:
        text += "\n" + "".join(imported(other, others[other]) for other in sorted(others))
    if aliases:
        text += "\nif TYPE_CHECKING:\n    from typing_extensions import TypeAlias\n"
    exported = "".join(f'    "{name}",\n' for name in sorted(own))
    first = next(iter(own.values()))
    gap = "\n\n" if first.startswith("class") else "\n"
    return f"{text}\n__all__ = [\n{exported}]\n{gap}{body}"


def generate() -> dict[str, str]:
    """The text of each module."""
    writer = Writer()
    for module, (_, schemas) in MODULES.items():
        writer.module = module
        if module == WORDS_IN:
            for word in WORDS:
                writer.word(*word)
        if module == "arguments":
            arguments(writer)
        for name in schemas:
            schema = load(name)
            writer.add(schema["title"], schema, read=False)
    return {module: text_of(module, about, writer) for module, (about, _) in MODULES.items()}


def arguments(writer: Writer) -> None:
    """The parts of documents that are read."""
    writer.add("Context", load("context"), read=True)
    for name in OPTIONS:
        for inner, definition in load(name)["$defs"].items():
            if "oneOf" in definition:
                writer.define(inner, definition)
            elif inner not in ALIASES:
                writer.add(inner, definition, read=True)


def codes() -> str:
    """The text of `codes.py`."""
    return CODES.replace("{rows}", "".join(f'    "{view["code"]}",\n' for view in certgate.explain_all()))


def main(arguments: list[str]) -> int:
    check = arguments[:1] == ["--check"]
    package = Path(arguments[-1])
    texts = {package / "_types" / f"{module}.py": text for module, text in generate().items()}
    texts[package / "codes.py"] = codes()
    if not check:
        for file, text in texts.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [file.name for file, text in texts.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for name in stale:
        print(f"{name} is not what tools/write_types.py writes", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
