"""One picture for each scenario: bars of the medians, ours in a colour of its own."""
import statistics

# What a picture shows of a scenario, in panels; others show CPU time.
CPU = ("cpu_us", "CPU time of a call, in microseconds")
MEMORY = ("memory_mb", "memory, in MB")
TIMES = (("p50_ms", "median time of a call, in ms"), ("p99_ms", "99th percentile, in ms"))
PANELS = {"slow": (CPU, MEMORY), "idle-clients": (MEMORY,), "neighbour": TIMES, "quota": TIMES}
# Those that serve calls with an upstream, in order. The Python SDK is left out: its bar would be two
# hundred times as long as ours.
ROWS = ("ours", "ours-http2", "tonic", "tonic-http2", "grpc-go", "envoy")

WIDTH, LINE, LABEL, VALUE = 720, 22, 110, 70
STYLE = """text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .group { fill: #59636e }
rect { fill: #aeb6bf } .ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .group { fill: #9198a1 } rect { fill: #545d68 } .ours { fill: #4493f8 }
}"""


def medians(runs, metric):
    """{load: {row: median}}, as measured."""
    found = {}
    for run in runs:
        if run["row"] in ROWS and run.get(metric) is not None:
            found.setdefault(run["load"], {}).setdefault(run["row"], []).append(run[metric])
    return {load: {row: statistics.median(rows[row]) for row in ROWS if row in rows}
            for load, rows in found.items()}


def words_of(load):
    """Loads that begin with nothing but a number have so many calls in flight."""
    number, _, rest = load.partition(" ")
    counts_calls = number.isdigit() and not rest.startswith(("a second", "idle"))
    return f"{number} in flight {rest}".rstrip() if counts_calls else load


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.0f}" y="{y}" class="{kind}" text-anchor="{anchor}">{words}</text>'


def panel(runs, metric, title, top):
    """The elements, and where the next panel begins."""
    loads = medians(runs, metric)
    largest = max((value for rows in loads.values() for value in rows.values()), default=1)
    elements, y = [text(0, top + 14, title, "title")], top + LINE
    for load, rows in loads.items():
        elements.append(text(0, y + 16, words_of(load), "group"))
        y += LINE
        for row, value in rows.items():
            width = (WIDTH - LABEL - VALUE) * value / largest
            elements += [text(LABEL - 8, y + 15, row, anchor="end"),
                         f'<rect x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="{LINE - 6}"'
                         f' class="{"ours" if row.startswith("ours") else ""}"/>',
                         text(LABEL + width + 6, y + 15, f"{value:.3g}")]
            y += LINE
    return elements, y + LINE // 2


def picture(runs, name):
    elements, y = [], 0
    for metric, title in PANELS.get(name, (CPU,)):
        added, y = panel(runs, metric, title, y)
        elements += added
    body = "\n".join(elements)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img">\n'
            f"<title>{name}: smaller is better</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n")


def write_all(runs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in dict.fromkeys(run["name"] for run in runs):
        of_it = [run for run in runs if run["name"] == name]
        (folder / f"{name}.svg").write_text(picture(of_it, name))
