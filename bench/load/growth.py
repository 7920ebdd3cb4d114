"""Instructions of a CreateAuthCode call by its content."""
import argparse
import contextlib

from entry import run, working_folder
from instructions import CountedGateway, instructions_per_call
from load import Call, encode
from processes import split_cpus
from upstream import BIG_ANSWERS, HERE, Upstream

URL = "https://app.example.com/auth/callback"


def shapes():
    """The content as text, and the base path of the upstream that answers."""
    usual = (HERE / "create.textproto").read_text()
    callback = f'callback_url: "{URL}"\n'
    api = "/api/v1"
    return [("nothing but callback_url", callback, api),
            ("every field", usual, api),
            ("every field, key_label of 1,000 bytes more",
             usual.replace("Example key", "Example key" + "k" * 1_000), api),
            ("every field, key_label of 1,000 bytes more, of which 500 are escaped",
             usual.replace("Example key", "Example key" + '\\"k' * 500), api),
            ("every field, header bytes: http_referer of 1,000 more",
             usual.replace('http_referer: "https://app.example.com',
                           'http_referer: "https://app.example.com/' + "r" * 999), api),
            *((f"every field, answer of {size // 1024} KiB more", usual, path)
              for size, path in BIG_ANSWERS.items())]


def count(folder, cpus, upstream, text, base_path):
    source, body = folder / "create.textproto", folder / "create.bin"
    source.write_text(text)
    body.write_bytes(encode(source, "CreateAuthCodeRequest"))
    url = f"http://127.0.0.1:{upstream.ports['http']}{base_path}"
    for old in folder.glob("callgrind.out*"):
        old.unlink()
    with CountedGateway(url, cpus, folder) as gateway:
        return instructions_per_call(gateway, Call("CreateAuthCode", body), cpus, folder)


def main():
    argparse.ArgumentParser(prog="scripts/bench growth", description=__doc__).parse_args()
    with contextlib.ExitStack() as stack:
        folder = working_folder(stack)
        cpus, _ = split_cpus()
        upstream = stack.enter_context(Upstream(folder, cpus))
        print("| a call with | instructions | beside every field |\n|--|--|--|")
        found = [(label, count(folder, cpus, upstream, text, base_path))
                 for label, text, base_path in shapes()]
    usual = dict(found)["every field"]
    for label, instructions in found:
        print(f"| {label} | {instructions:,.0f} | {instructions - usual:+,.0f} |")


if __name__ == "__main__":
    run(main)
