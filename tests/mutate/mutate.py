"""Breaks the gateway on purpose, one mutation at a time, and shows which test notices.

usage: mutate.py --check
       mutate.py FOLDER [--generated COUNT] [WORD...] <LIST

--check only compares mutations.toml with the sources. Otherwise FOLDER gets a copy of the project, whose files
LIST names, separated by NUL; what is in it and not in LIST is removed, except build/. There, preset dev, each
mutation is made, what depends on it is built, and its tests are run. A mutation is caught when a test of it
fails, crashes, or does not end. With WORDs: only mutations that have one of them in name or file. With
--generated: COUNT mutations of generated.py instead; 90 of 100 have to be caught.
"""

import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time
import tomllib

import generated

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MOST_MEMORY = 4 << 30  # bytes of a test program

# What a broken source may do where warnings are errors.
LENIENT = "".join(
    f'#pragma GCC diagnostic ignored "-W{name}"\n'
    for name in ("unused-variable", "unused-but-set-variable", "unused-function", "unused-parameter", "unused-value",
                 "parentheses", "bool-compare", "type-limits")
)  # fmt: skip


class Named:
    """A mutation of the table: what is lost, in words, and which text becomes which."""

    def __init__(self, entry):
        self.name, self.file, self.find, self.replace = (entry.pop(key) for key in ("name", "file", "find", "replace"))
        self.tests = [tuple((test + ":").split(":", 1)) for test in entry.pop("tests")]
        self.tests = [(program, names.removesuffix(":")) for program, names in self.tests]
        if entry:
            raise ValueError(f"{self.name}: unknown {', '.join(entry)}")

    def problem(self, root):
        """Why it cannot be made; empty: it can."""
        path = root / self.file
        count = path.read_text().count(self.find) if path.is_file() else 0
        if count != 1:
            return f"its text is {count} times in {self.file}, and has to be there once"
        return "" if self.find != self.replace else "it changes nothing"

    def broken(self, source):
        return source.replace(self.find, self.replace)


def read_table():
    table = tomllib.loads((ROOT / "tests/mutate/mutations.toml").read_text())
    mutations = [Named(entry) for entry in table["mutation"]]
    names = [mutation.name for mutation in mutations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"twice in the table: {', '.join(twice)}")
    return mutations


def copy_project(folder, files):
    """Files that are the same keep their time, so that only changes are built."""
    there = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or path.is_symlink()}
    wanted = {pathlib.Path(name) for name in files}
    for path in there - wanted:
        if path.parts[0] != "build":
            (folder / path).unlink()
    for path in wanted:
        source, target = ROOT / path, folder / path
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        target.chmod(source.stat().st_mode)


def bound_resources():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(command, folder, seconds, in_child=None):
    """Exit status and output; status None: it did not end."""
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True, preexec_fn=in_child,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]


def build(folder, tests):
    """Empty when they have been built; else the compiler's words."""
    programs = sorted({program for program, _ in tests})
    status, output = run(["cmake", "--build", "build/dev", "--target", *programs], folder, 3600)
    return "" if status == 0 else output


def run_tests(folder, program, names, seconds):
    """Who notices something, in words; empty: nobody."""
    command = [f"build/dev/bin/{program}", f"--gtest_filter={names or '*'}", "--gtest_fail_fast"]
    status, output = run(command, folder, seconds, bound_resources)
    if status == 0:
        return "" if "[  PASSED  ] 0 tests" not in output else f"no test {names} in {program}"
    failed = re.search(r"^\[  FAILED  \] ([\w./]+)", output, re.MULTILINE)
    if failed and status is not None:
        return failed[1]
    running = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
    end = "ends the program" if status is not None else "does not end"
    return f"{running[-1] if running else program}, which {end}"


def prepare(folder, mutations):
    """How long each test may take, in seconds; ends when one fails without a mutation, too."""
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    # As elsewhere in CI, so that the compiler's cache knows the sources.
    strict = ["-DCMAKE_COMPILE_WARNING_AS_ERROR=ON"] if os.environ.get("CI") == "true" else []
    status, output = run(["cmake", "--preset", "dev", *strict], folder, 600)
    errors = output if status != 0 else build(folder, tests)
    patience = {}
    for program, names in tests if not errors else []:
        began = time.monotonic()
        if noticed := run_tests(folder, program, names, 600):
            errors += f"without a mutation, too, fails: {noticed}\n"
        patience[program, names] = 20 + 5 * (time.monotonic() - began)
    if errors or not mutations:
        sys.exit(errors or "no such mutation")
    return patience


def break_by(mutation, folder, patience):
    """Makes the mutation. Whether it is caught (None: it cannot be compiled), and what there is to say."""
    if problem := mutation.problem(folder):
        return False, problem
    path = folder / mutation.file
    original = path.read_text()
    path.write_text(LENIENT + mutation.broken(original))
    try:
        if errors := build(folder, mutation.tests):
            return None, "it cannot be compiled\n" + "\n".join(errors.splitlines()[-30:])
        for program, names in mutation.tests:
            if noticed := run_tests(folder, program, names, patience[program, names]):
                return True, f"caught by {noticed}"
        return False, "SURVIVED: no test notices"
    finally:
        path.write_text(original)


def main():
    folder, *words = sys.argv[1:]
    if folder == "--check":
        mutations = read_table()
        problems = [f"{mutation.name}: {problem}" for mutation in mutations if (problem := mutation.problem(ROOT))]
        print("\n".join(problems) or f"{len(mutations)} mutations")
        return bool(problems)

    folder = pathlib.Path(folder).resolve()
    is_generated = words[:1] == ["--generated"]
    if is_generated:
        mutations = generated.generate(ROOT, int(words[1]), words[2:])
    else:
        mutations = [it for it in read_table() if not words or any(word in it.name + it.file for word in words)]
    copy_project(folder, filter(None, sys.stdin.read().split("\0")))
    patience = prepare(folder, mutations)
    passed = failed = 0
    for mutation in mutations:
        began = time.monotonic()
        caught, words = break_by(mutation, folder, patience)
        if caught is None and is_generated:
            continue  # the compiler has noticed
        passed, failed = passed + bool(caught), failed + (not caught)
        print(f"{'ok    ' if caught else 'FAILED'}  {mutation.name} ({words}, {time.monotonic() - began:.0f} s)", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > (passed + failed) / 10 if is_generated else failed > 0


sys.exit(main())
