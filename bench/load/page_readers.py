"""Open pages of /statusz, each of which asks again every five seconds, as its script does.

usage: page_readers.py ADDRESS PAGES SECONDS

Prints one JSON object: how many answers came, and after how many milliseconds.
"""
import json
import sys
import time
import urllib.request

PAUSE_S = 5


def main():
    address, pages, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    started, took_ms, size = time.monotonic(), [], 0
    for number in range(int(seconds * pages / PAUSE_S)):
        time.sleep(max(0.0, started + number * PAUSE_S / pages - time.monotonic()))
        asked = time.monotonic()
        with urllib.request.urlopen(f"http://{address}/statusz", timeout=10) as answer:
            size = len(answer.read())
        took_ms.append((time.monotonic() - asked) * 1e3)
    json.dump({"answers": len(took_ms), "bytes": size, "took_ms": sorted(took_ms)}, sys.stdout)


if __name__ == "__main__":
    main()
