"""Names the functions of the product that only tests reach: code that only tests call is dead.

usage: test_only.py BUILD_FOLDER

Reads the object files of a debug build, where every call leaves a relocation. A function of service/ or
client/ is reached when an object file of a product refers to it; what the client's public headers declare
is an interface, and reached by definition. One call deep: when a dead function is gone, the next run names
what only that one called. A virtual function is reached by its table.
"""

import json
import pathlib
import re
import struct
import subprocess
import sys

# How functions begin that stay although no program calls them, each with the reason. One that nothing
# matches any more is an error, too.
ALLOWED = {
    "RedisClient::Call": "the store runs scripts only; tests look at what they left in the server",
    "LineWriter::kept_bytes": "a promised bound in bytes, counted by the part itself",
    "UnreadReplies::size": "a promised bound, counted by the part itself",
    "AdminServer::port": "tests listen on a port that the kernel picks",
}

OURS = re.compile(r"_ZN?K?(10modelgates(7gateway|5oauth)(?!2v1))")
PRODUCT = re.compile(r"^(service|client)/(?!examples/)")


class ElfObject:
    """The functions that an ELF64 object file defines, and the names that its code and data refer to."""

    SECTION = struct.Struct("<IIQQQQIIQQ")
    SYMBOL = struct.Struct("<IBBHQQ")
    RELOCATION = struct.Struct("<QQq")
    SYMBOL_TABLE, RELOCATIONS, FUNCTION, LOCAL, UNDEFINED = 2, 4, 2, 0, 0

    def __init__(self, path):
        self.defined, self.wanted = set(), set()
        self.data = path.read_bytes()
        table, size, count, names = *struct.unpack_from("<Q", self.data, 0x28), *struct.unpack_from("<HHH", self.data, 0x3A)
        first = self.SECTION.unpack_from(self.data, table)
        # With 65,280 sections and more, the real numbers are in the first one.
        count, names = count or first[5], first[6] if names == 0xFFFF else names
        sections = [self.SECTION.unpack_from(self.data, table + i * size) for i in range(count)]
        symbols = []
        for _, kind, _, _, at, length, link, _, _, entry in sections:
            if kind == self.SYMBOL_TABLE:
                symbols = [self.symbol(position, sections[link][4]) for position in range(at, at + length, entry)]
        for name, kind, _, _, at, length, _, _, _, entry in sections:
            if kind == self.RELOCATIONS and ".debug" not in self.text(sections[names][4] + name):
                for position in range(at, at + length, entry):
                    self.wanted.add(symbols[self.RELOCATION.unpack_from(self.data, position)[1] >> 32])
        self.wanted = {name for name in self.wanted if OURS.match(name)}

    def symbol(self, position, strings):
        name, info, _, section, _, _ = self.SYMBOL.unpack_from(self.data, position)
        text = self.text(strings + name)
        if info & 0xF == self.FUNCTION and info >> 4 != self.LOCAL and section != self.UNDEFINED and OURS.match(text):
            self.defined.add(text)
        return text

    def text(self, at):
        return self.data[at : self.data.index(b"\0", at)].decode()


def readable(names):
    """Mangled name -> the function as it is written, without the project's namespaces."""
    names = sorted(names)
    shown = subprocess.run(["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True)
    return {name: re.sub(r"modelgates::(gateway|oauth)::|\[abi:cxx11\]", "", line)
            for name, line in zip(names, shown.stdout.splitlines())}


def words_of(function):
    """"Class::Inner::Method(int)" -> ["Class", "Inner", "Method"]."""
    without_arguments, replaced = function, 1
    while replaced:
        without_arguments, replaced = re.subn(r"<[^<>]*>", "", without_arguments)
    return without_arguments.partition("(")[0].split()[-1].split("::")


class Headers:
    def __init__(self, root, *patterns):
        self.texts = {path.relative_to(root): path.read_text() for pattern in patterns for path in root.glob(pattern)}

    def place(self, function):
        """The header that declares the function, or None."""
        *owners, name = words_of(function)
        # What is not in a class is declared at the start of a line, or as a friend.
        start = "" if owners else r"(?m)^(  friend |[^ /\n]).*"
        declaration = start + rf"\b{re.escape(name)}\("
        for path, text in self.texts.items():
            if all(re.search(rf"\b(class|struct) {owner}\b", text) for owner in owners) and re.search(declaration, text):
                return path
        return None


def unreached(build, root):
    """Lines "file: function" of what only tests reach."""
    product, tests = [], []
    # What the build has now; files of removed sources may still lie about.
    for entry in json.loads((build / "compile_commands.json").read_text()):
        output = re.search(r" -o (\S+)", entry["command"]).group(1)
        if output.endswith(".o"):
            (product if PRODUCT.match(output) else tests).append((output, ElfObject(build / output)))
    if not product or not tests:
        sys.exit(f"no object files of products and tests in {build}")
    reached = set().union(*(elf.wanted for _, elf in product))
    emitted = set().union(*(elf.defined for _, elf in product))
    # A template that a product instantiates for another type is reached.
    emitted_words = {tuple(words_of(function)) for function in readable(emitted).values()}
    called = set().union(*(elf.wanted for _, elf in tests)) - reached
    # A constructor has a second symbol, which classes that derive refer to.
    reached_functions = set(readable(reached).values())
    interface = Headers(root, "client/include/**/*.h")
    for path, elf in product:
        place = re.sub(r"CMakeFiles/[^/]+\.dir/|\.o$", "", path)
        for function in readable(elf.defined & called).values():
            # The log outlives the program, so only tests end one.
            if "~" not in function and function not in reached_functions and not interface.place(function):
                yield place, function
    # An inline function that no product emits stands in the objects of tests alone.
    internal = Headers(root, "service/**/*.h", "client/src/*.h", "client/cli/*.h")
    inline = set().union(*(elf.defined for _, elf in tests)) & called - emitted
    for function in readable(inline).values():
        if "operator" in function:
            continue
        *owners, name = words_of(function)
        # Operators print and compare for tests; constructors and destructors may be the compiler's.
        is_special = name.startswith("~") or owners[-1:] == [name] or (*owners, name) in emitted_words
        place = None if is_special else internal.place(function)
        if place:
            yield str(place), function


def main():
    found = sorted(set(unreached(pathlib.Path(sys.argv[1]), pathlib.Path(__file__).resolve().parents[2])))
    allowed = {name for name in ALLOWED if any(function.startswith(name) for _, function in found)}
    bad = [f"{place}: only tests reach {function}" for place, function in found
           if not function.startswith(tuple(ALLOWED))]
    bad += [f"nothing to allow any more: {name}" for name in ALLOWED.keys() - allowed]
    print("\n".join(bad) or f"{len(allowed)} allowed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
