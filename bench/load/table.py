"""Medians of all rounds, and ratios of the gateway to each other row within a round."""
import statistics

COLUMNS = (("CPU us/call", "cpu_us", ".1f"), ("calls/s", "calls_per_second", ".0f"),
           ("p50 ms", "p50_ms", ".2f"), ("p99 ms", "p99_ms", ".2f"),
           ("memory MB", "memory_mb", ".1f"), ("threads", "threads", ".0f"),
           ("start ms", "start_ms", ".0f"), ("other CPUs", "other_cpus", ".1f"))
RATIOS = (("CPU", "cpu_us"), ("calls/s", "calls_per_second"), ("p99", "p99_ms"),
          ("memory", "memory_mb"))


def with_floor_sum(runs):
    """Adds the sum of the lower bounds of gRPC and of a REST client."""
    sums = []
    for echo in runs:
        for post in runs:
            if (echo["row"], post["row"]) == ("grpc-echo", "raw-post") and (
                    echo["round"], echo["load"]) == (post["round"], post["load"]):
                sums.append({**{key: echo[key] for key in ("round", "scenario", "load")},
                             "row": "floor sum", "cpu_us": echo["cpu_us"] + post["cpu_us"]})
    return runs + sums


def median(values):
    return statistics.median(values) if values else None


def shown(value, form):
    return "" if value is None else format(value, form)


def lines_of(runs):
    """The runs of every line of the table, in the order of their first measurement."""
    lines = {}
    for run in runs:
        lines.setdefault((run["scenario"], run["load"], run["row"]), []).append(run)
    places = [list(dict.fromkeys(key[part] for key in lines)) for part in range(2)]
    return sorted(lines.items(), key=lambda line: [
        place.index(part) for place, part in zip(places, line[0])])


def ratio(ours, theirs, name):
    rounds = {run["round"]: run[name] for run in ours if name in run}
    return median([rounds[run["round"]] / run[name] for run in theirs
                   if run.get(name) and run["round"] in rounds])


def ours_of(row):
    """What a row is compared with: over HTTP/2 peers with ours over HTTP/2."""
    return "ours-http2" if row.endswith("-http2") and row != "ours-http2" else "ours"


def cells_of(key, runs, lines):
    scenario, load, row = key
    cells = list(key)
    for _, name, form in COLUMNS:
        values = [run[name] for run in runs if name in run]
        cell = shown(median(values), form)
        if name == "cpu_us" and len(values) > 1:
            cell += f" ({min(values):{form}}-{max(values):{form}})"
        cells.append(cell)
    ours = lines.get((scenario, load, ours_of(row)), [])
    for _, name in RATIOS:
        cells.append("" if row == "ours" else shown(ratio(ours, runs, name), ".2f"))
    return cells


def render(runs):
    lines = dict(lines_of(with_floor_sum(runs)))
    head = ["upstream", "in flight", "row", *(column[0] for column in COLUMNS),
            *(f"{title} ours/row" for title, _ in RATIOS)]
    body = [cells_of(key, line, lines) for key, line in lines.items()]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]

    def text(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([text(head), text(["-" * width for width in widths]), *map(text, body)])
