"""Holds alerts and dashboard to the metrics that the program really exports, and to each other.

usage: monitoring.py METRICS COMPONENT ROOT RULES

METRICS is what the program's /metrics said, COMPONENT the folder deploy/components/monitoring. Each
alert has its entry in deploy/README.md of ROOT, and every link leads to a heading there is. RULES is
where the rules go as promtool reads them. Then every alert's tests are run with an alert that never
fires and with one that always does, and must fail. Every broken rule is a line; exits with 1 when
there is one.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

# What Prometheus adds to every series of a Pod.
TARGET_LABELS = {"job", "namespace", "pod", "instance", "service", "endpoint", "container"}
# What cAdvisor says of containers.
CONTAINER_METRICS = {"container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total",
                     "container_cpu_usage_seconds_total", "container_memory_working_set_bytes",
                     "container_spec_cpu_quota", "container_spec_cpu_period",
                     "container_spec_memory_limit_bytes"}
# Where the pages of this repository are published.
SITE = "https://modelgates.ai/docs/oauth-gateway/"
PAGES = {"deploy": "deploy/README.md", "errors": "docs/errors.md",
         "troubleshooting": "docs/troubleshooting.md"}
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset",
         "group_left", "group_right", "inf", "nan"}


def exported(text):
    """Series by metric: {name: [{label: value}]}."""
    series = {"up": [{}], **{name: [{}] for name in CONTAINER_METRICS}}
    for line in text.splitlines():
        match = re.match(r"([a-zA-Z_:]\w*)(?:\{(.*)\})? ", line)
        if match and not line.startswith("#"):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            series.setdefault(match[1], []).append(labels)
    return series


def label_matches(operator, pattern, value):
    if operator in ("=", "!="):
        return value == pattern
    return re.fullmatch(pattern, value) is not None


def faults_of(query, series):
    """What `query` names that the program does not export."""
    faults = []
    query = re.sub(r"\$__\w+", "5m", query)
    used = set()
    selectors = re.findall(r"([a-zA-Z_:]\w*)\s*(?:\{([^}]*)\})?", query)
    bare = re.sub(r"\{[^}]*\}", " ", query)
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    names = {name for name, call in re.findall(r"\b([a-zA-Z_:]\w*)\b\s*(\(?)", bare)
             if not call and name not in WORDS}
    if not names:
        faults.append("no metric")
    for name in sorted(names):
        if name not in series:
            faults.append(f"{name} is not exported")
            continue
        used.add(name)
        known = {label for labels in series[name] for label in labels}
        for selected, matchers in selectors:
            if selected != name:
                continue
            for label, operator, pattern in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', matchers):
                if label in TARGET_LABELS:
                    continue
                if label not in known:
                    faults.append(f"{name} has no label {label}")
                    continue
                values = {labels[label] for labels in series[name] if label in labels}
                parts = pattern.split("|") if "~" in operator else [pattern]
                for part in parts:
                    if not any(label_matches(operator, part, value) for value in values):
                        faults.append(f"{name} never has {label}={part}")
    labels = {label for name in used for entry in series[name] for label in entry} | TARGET_LABELS
    for group in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", query):
        for label in filter(None, re.split(r"[\s,]+", group)):
            if label not in labels:
                faults.append(f"no metric of the query has the label {label}")
    return faults, used


def anchors(page):
    """Of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], check=False, capture_output=True, text=True)


class Check:
    def __init__(self, metrics, component, root, rules):
        self.series = exported(metrics.read_text(encoding="utf-8"))
        self.groups = yaml.safe_load((component / "prometheusrule.yaml").read_text("utf-8"))["spec"]
        self.tests = yaml.safe_load((component / "rules_test.yaml").read_text("utf-8"))
        self.dashboard = json.loads((component / "dashboard.json").read_text("utf-8"))
        self.pages = {name: (root / path).read_text("utf-8") for name, path in PAGES.items()}
        self.readme = self.pages["deploy"]
        self.rules = rules
        self.broken = []

    def rule(self, holds, text):
        if not holds:
            self.broken.append(text)

    def alerts(self):
        return [rule for group in self.groups["groups"] for rule in group["rules"]]

    def run(self):
        self.rules.write_text(yaml.safe_dump(self.groups, sort_keys=False), encoding="utf-8")
        self.rule(promtool("check", "rules", str(self.rules)).returncode == 0, "promtool check rules")
        self.check_alerts()
        self.check_tests()
        self.check_dashboard()
        return self.broken

    def check_alerts(self):
        for alert in self.alerts():
            name = alert["alert"]
            faults, _ = faults_of(alert["expr"], self.series)
            self.broken += [f"{name}: {fault}" for fault in faults]
            self.rule(alert["annotations"]["runbook_url"] == f"{SITE}deploy#{name.lower()}",
                      f"{name}: its runbook is elsewhere")
            self.leads_somewhere(name, alert["annotations"]["runbook_url"])
            self.rule(alert["labels"]["severity"] in ("page", "ticket"), f"{name}: severity")
        known = {alert["alert"] for alert in self.alerts()}
        for name in re.findall(r"\bOAuthGateway[A-Z]\w+", self.readme):
            self.rule(name in known, f"the README knows an alert {name} that is none")

    def leads_somewhere(self, title, url):
        page, _, anchor = url.removeprefix(SITE).partition("#")
        self.rule(url.startswith(SITE) and page in self.pages, f"{title}: no page {url}")
        if anchor and page in self.pages:
            self.rule(anchor in anchors(self.pages[page]), f"{title}: no heading {url}")

    def test_with(self, rules, tests):
        groups = {"groups": [{"name": "oauth-gateway", "rules": rules}]}
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "rules.yaml").write_text(yaml.safe_dump(groups), encoding="utf-8")
            file = pathlib.Path(folder, "rules_test.yaml")
            file.write_text(yaml.safe_dump({**self.tests, "tests": tests}), encoding="utf-8")
            return promtool("test", "rules", str(file))

    def check_tests(self):
        run = self.test_with(self.alerts(), self.tests["tests"])
        self.rule(run.returncode == 0, f"promtool test rules: {run.stdout}{run.stderr}")
        # An alert that never fires, and one that always does, must be noticed.
        for alert in self.alerts():
            tests = [test for test in self.tests["tests"]
                     if any(at["alertname"] == alert["alert"] for at in test["alert_rule_test"])]
            for never, expression in ((True, "vector(0) > 1"), (False, "vector(1)")):
                self.rule(self.test_with([{**alert, "expr": expression}], tests).returncode != 0,
                          f"{alert['alert']}: no test notices that it {'never' if never else 'always'} fires")

    def check_dashboard(self):
        shown = set()
        panels = [p for p in self.dashboard["panels"] if p["type"] != "row"]
        for panel in panels:
            self.rule(panel.get("targets"), f"{panel['title']}: no query")
            for target in panel.get("targets", []):
                faults, used = faults_of(target["expr"], self.series)
                shown |= used
                self.broken += [f"{panel['title']}: {fault}" for fault in faults]
                self.parses(panel["title"], target["expr"])
                for variable in ("namespace", "pod"):
                    self.rule(f'{variable}=~"${variable}"' in target["expr"],
                              f"{panel['title']}: {variable} does not choose what it shows")
            self.check_links(panel)
        for variable in self.dashboard["templating"]["list"]:
            if variable["type"] == "query":
                selector = re.match(r"label_values\((.*), \w+\)", variable["query"]["query"])
                self.rule(selector and not faults_of(selector[1], self.series)[0],
                          f"variable {variable['name']}")
        places = [panel["id"] for panel in self.dashboard["panels"]]
        self.rule(len(places) == len(set(places)), "two panels have the same id")
        # Whatever the program counts can be seen: histograms by their buckets.
        for name in self.series:
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            if name in CONTAINER_METRICS:
                continue
            self.rule(name in shown or f"{base}_bucket" in shown, f"{name} is on no panel")

    def check_links(self, panel):
        """One that can turn red leads to its runbook and to the log."""
        links = {link["title"]: link["url"] for link in panel.get("links", [])}
        steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
        red = any(step["color"] == "red" for step in steps)
        for title, url in links.items():
            if title == "Log":
                self.rule(url.startswith("/explore?left="), f"{panel['title']}: no log at {url}")
            else:
                self.leads_somewhere(panel["title"], url)
        if red:
            self.rule({"Runbook", "Log"} <= set(links), f"{panel['title']} turns red and leads nowhere")
        self.rule(red or panel["type"] != "stat", f"{panel['title']} never turns red")

    def parses(self, title, query):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            query = re.sub(r"\$__\w+", "5m", query).replace("$namespace", ".*").replace("$pod", ".*")
            yaml.safe_dump({"groups": [{"name": "panel", "rules": [
                {"record": "panel:query", "expr": query}]}]}, file)
            file.flush()
            self.rule(promtool("check", "rules", file.name).returncode == 0, f"{title}: no PromQL")


def main():
    broken = Check(*map(pathlib.Path, sys.argv[1:5])).run()
    print("\n".join(broken))
    return 1 if broken else 0


sys.exit(main())
