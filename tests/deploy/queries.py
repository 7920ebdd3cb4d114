"""Asks a Prometheus all that dashboard and alerts ask.

usage: queries.py PROMETHEUS COMPONENT

PROMETHEUS is its URL, COMPONENT the folder deploy/components/monitoring. Every query of a panel and of
a variable, and every selector of an alert, must have an answer; no rule may fail. Each that has none is
a line; exits with 1 when there is one.
"""

import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

import yaml

VARIABLES = {"$__rate_interval": "1m", "$__range": "5m", "$namespace": ".*", "$pod": ".*"}


class Prometheus:
    def __init__(self, url):
        self.url = url

    def get(self, path, **parameters):
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def has(self, query):
        return bool(self.get("query", query=query)["result"])


def expanded(query):
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query


def selectors(expression):
    return set(re.findall(r"\b[a-zA-Z_:]\w*\{[^}]*\}", expression))


def unanswered(prometheus, component):
    dashboard = json.loads((component / "dashboard.json").read_text("utf-8"))
    rules = yaml.safe_load((component / "prometheusrule.yaml").read_text("utf-8"))["spec"]
    asked = 0
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            asked += 1
            if not prometheus.has(expanded(target["expr"])):
                yield f"{panel['title']}: {target['expr']}"
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            asked += 1
            selector, label = re.match(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            if not prometheus.get(f"label/{label}/values", **{"match[]": expanded(selector)}):
                yield f"variable {variable['name']}"
    for group in rules["groups"]:
        for rule in group["rules"]:
            for selector in sorted(selectors(rule["expr"])):
                asked += 1
                if not prometheus.has(selector):
                    yield f"{rule['alert']}: {selector}"
    loaded = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    if len(loaded) != sum(len(group["rules"]) for group in rules["groups"]):
        yield "not all rules are loaded"
    for rule in loaded:
        if rule["health"] != "ok":
            yield f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}"
    print(f"{asked} queries")


def main():
    missing = list(unanswered(Prometheus(sys.argv[1]), pathlib.Path(sys.argv[2])))
    print("\n".join(missing))
    return 1 if missing else 0


sys.exit(main())
