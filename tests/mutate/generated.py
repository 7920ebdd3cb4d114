"""Makes mutations that mean nothing: another comparison, another constant, a call that is left out."""

import pathlib
import re

# Rooms, and the tests of each that link quickly.
ROOMS = {
    "service/exchange": ["exchange_test", "exchange_store_test"],
    "service/failure": ["failure_test"],
    "service/http": ["http_test"],
    "service/resilience": ["resilience_test", "exchange_test"],
}

OPERATORS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ",
             " && ": " || ", " || ": " && "}  # fmt: skip
OPERATOR = re.compile("|".join(re.escape(operator) for operator in OPERATORS))
CONSTANT = re.compile(r"(?<![\w.\"'])(\d+|true|false)(?![\w.\"'])")
CALL = re.compile(r"^ +(?!return|co_|delete|throw|case|static_)[\w:]+(?:(?:\.|->)\w+)*\([^;{]*\);$")
# Text that no test should depend on, and what is checked by the compiler.
LEFT_OUT = re.compile(r"^\s*(#|//|case|using|namespace|template|static_assert|assert)|\"|'|operator|<<|std::array<")


class Generated:
    """One of them."""

    def __init__(self, file, line, begin, end, text, tests):
        self.file, self.line, self.begin, self.end, self.text, self.tests = file, line, begin, end, text, tests
        self.name = ""

    def problem(self, root):
        return "" if (root / self.file).is_file() else f"there is no {self.file}"

    def broken(self, source):
        lines = source.split("\n")
        line = lines[self.line]
        lines[self.line] = line[: self.begin] + self.text + line[self.end :]
        self.name = f"{self.file}:{self.line + 1}: {line.strip()} -> {lines[self.line].strip() or 'nothing'}"
        return "\n".join(lines)


def other(constant):
    return {"true": "false", "false": "true"}.get(constant) or str(int(constant) + 1)


def mutations_of(file, source, tests):
    """In the order of the text."""
    before = ""
    for number, line in enumerate(source.split("\n")):
        code = line.split("  //")[0]
        is_statement, before = before.endswith((";", "{", "}", ":")), code.strip() or before
        if LEFT_OUT.search(code):
            continue
        for found in OPERATOR.finditer(code):
            yield Generated(file, number, *found.span(), OPERATORS[found[0]], tests)
        for found in CONSTANT.finditer(code):
            yield Generated(file, number, *found.span(), other(found[0]), tests)
        if is_statement and CALL.match(code):
            yield Generated(file, number, 0, len(line), "", tests)


def generate(root, count, words):
    """`count` of them, evenly spread over the rooms, or over the files that have one of `words` in their names."""
    found = []
    for room, programs in ROOMS.items():
        for path in sorted(pathlib.Path(root / room).rglob("*.cc")):
            file = str(path.relative_to(root))
            if not words or any(word in file for word in words):
                found += mutations_of(file, path.read_text(), [(program, "") for program in programs])
    step = max(len(found) / count, 1)
    return [found[int(i * step)] for i in range(min(count, len(found)))]
