"""Holds rendered manifests to what no schema knows: how their parts and the program fit together.

usage: manifests.py PROGRAM FILE ...

PROGRAM is oauth-gateway, which is asked what it says of the settings. Every broken rule is a line;
exits with 1 when there is one.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

GATEWAY = {"app.kubernetes.io/name": "oauth-gateway"}


def seconds(text):
    total = 0.0
    for number, unit in re.findall(r"([0-9.]+)(ms|s|m|h)", text):
        total += float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
    return total


def selects(selector, labels):
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


class Manifests:
    def __init__(self, program, path):
        self.program = program
        text = pathlib.Path(path).read_text(encoding="utf-8")
        self.objects = [o for o in yaml.safe_load_all(text) if o]
        self.broken = []
        self.deployment = self.one("Deployment", "oauth-gateway")
        self.pod = self.deployment["spec"]["template"]
        self.container = self.pod["spec"]["containers"][0]
        self.containers = self.pod["spec"]["containers"] + self.pod["spec"].get("initContainers", [])
        self.edge = next((c for c in self.containers if c["name"] == "edge"), None)

    def all(self, kind):
        return [o for o in self.objects if o["kind"] == kind]

    def one(self, kind, name):
        return next(o for o in self.all(kind) if o["metadata"]["name"] == name)

    def rule(self, holds, text):
        if not holds:
            self.broken.append(text)

    def settings(self):
        name = self.container["envFrom"][0]["configMapRef"]["name"]
        return self.one("ConfigMap", name)["data"]

    def check(self):
        settings = self.settings()
        self.check_settings(settings)
        self.check_edge(settings)
        self.check_drain(settings)
        self.check_probes(settings)
        self.check_selectors()
        self.check_secrets()
        self.check_network()
        self.check_count()
        return self.broken

    def check_settings(self, settings):
        """The program itself takes them, with files that stand for those of its volumes."""
        known = set(re.findall(r"OAUTH_GATEWAY_[A-Z0-9_]+", self.run(["--help"], {}).stdout))
        for name in settings:
            self.rule(name in known or name.startswith("OTEL_"),
                      f"{name} is no setting of the program")
        with tempfile.TemporaryDirectory() as folder:
            environment = dict(settings)
            for name, value in settings.items():
                path = pathlib.Path(folder) / pathlib.Path(value).name
                if name.endswith("_FILE"):
                    self.write_stand_in(value, path)
                    environment[name] = str(path)
                elif name.endswith("_DIR"):
                    self.rule(self.volume_at(value), f"{value} is no volume")
                    path.mkdir()
                    environment[name] = str(path)
            run = self.run(["--check_config"], environment)
        self.rule(run.returncode == 0, f"the program refuses its settings: {run.stderr.strip()}")
        wants_traces = any(name.startswith("OTEL_") for name in settings)
        self.rule(not wants_traces or "# traces: to " in run.stdout,
                  f"variables OTEL_* without traces: {run.stderr.strip()}")
        self.rule("OTEL_" not in run.stderr, f"the program warns: {run.stderr.strip()}")
        for port in self.container["ports"]:
            listens = settings["OAUTH_GATEWAY_ADMIN_LISTEN" if port["name"] == "metrics"
                               else "OAUTH_GATEWAY_LISTEN"]
            self.rule(listens == f"0.0.0.0:{port['containerPort']}",
                      f"the port {port['name']} is not where the program listens: {listens}")

    def volume_at(self, path):
        return next((mount["name"] for mount in self.container["volumeMounts"]
                     if mount["mountPath"] == path), None)

    def write_stand_in(self, mounted, path):
        """What the program finds at `mounted`: the file of a ConfigMap, or the like of what others put
        there."""
        volume = self.volume_at(str(pathlib.Path(mounted).parent))
        self.rule(volume, f"{mounted} is in no volume")
        source = next((v for v in self.pod["spec"]["volumes"] if v["name"] == volume), {})
        map_name = source.get("configMap", {}).get("name")
        for config_map in self.all("ConfigMap"):
            if config_map["metadata"]["name"] == map_name:
                path.write_text(config_map["data"][path.name], encoding="utf-8")
                return
        if path.name in ("tls.crt", "tls.key", "ca.crt"):
            certificate, key = path.parent / "tls.crt", path.parent / "tls.key"
            if not key.exists():
                subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
                                "-keyout", str(key), "-out", str(certificate)],
                               check=True, capture_output=True)
            if path.name == "ca.crt":
                path.write_bytes(certificate.read_bytes())
        else:
            path.write_text("x" * 40, encoding="utf-8")

    def run(self, arguments, environment):
        return subprocess.run([self.program, *arguments], check=False, capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], **environment})

    def check_edge(self, settings):
        """Envoy alone reaches the gateway, whose callers are those that Envoy has verified."""
        listen = settings["OAUTH_GATEWAY_LISTEN"]
        self.rule(listen.startswith("unix:") == (self.edge is not None),
                  f"{listen}: a Unix socket is for the sidecar edge, and for nothing else")
        if self.edge is None:
            return
        self.rule(not any(port["name"] == "grpc" for port in self.container["ports"]),
                  "the gateway has a port beside Envoy's")
        self.rule(self.edge.get("restartPolicy") == "Always", "Envoy is no sidecar: it ends first")
        self.rule(self.edge["ports"][0] == {"name": "grpc", "containerPort": 50051},
                  "Envoy is not where callers look for the gateway")
        folder = str(pathlib.Path(listen.removeprefix("unix:")).parent)
        volume = self.volume_at(folder)
        mounts = [c["name"] for c in self.containers
                  for mount in c["volumeMounts"] if mount["name"] == volume]
        self.rule(sorted(mounts) == ["edge", "gateway"], f"{folder} is mounted by {mounts}")
        source = next((v for v in self.pod["spec"]["volumes"] if v["name"] == volume), {})
        self.rule("emptyDir" in source, f"{folder} is not the Pod's own")
        self.rule("tls" not in {mount["name"] for mount in self.container["volumeMounts"]},
                  "the gateway has the private key that Envoy uses")
        bootstrap = self.bootstrap()
        self.rule(f"pipe: {{path: {listen.removeprefix('unix:')}}}" in bootstrap,
                  "Envoy does not go where the gateway listens")
        for line in ("require_client_certificate: true", "forward_client_cert_details: SANITIZE_SET",
                     "set_current_client_cert_details: {uri: true, dns: true}"):
            self.rule(line in bootstrap, f"Envoy's bootstrap lacks {line}")

    def bootstrap(self):
        volume = next(mount["name"] for mount in self.edge["volumeMounts"]
                      if mount["mountPath"] == "/etc/envoy")
        source = next(v for v in self.pod["spec"]["volumes"] if v["name"] == volume)
        return self.one("ConfigMap", source["configMap"]["name"])["data"]["envoy.yaml"]

    def check_end_of_edge(self, sleep):
        """Envoy's callers are gone before the gateway is told to stop."""
        bootstrap = self.bootstrap()
        script = self.edge["lifecycle"]["preStop"]["exec"]["command"][-1]
        closes = float(re.search(r"^sleep (\d+)$", script, re.MULTILINE)[1])
        age = seconds(re.search(r"max_connection_duration: (\w+)", bootstrap)[1])
        drain = seconds(re.search(r"drain_timeout: (\w+)", bootstrap)[1])
        self.rule(sleep >= closes + age + drain,
                  f"preStop {sleep} s: Envoy closes its port after {closes} s, and its connections "
                  f"end {age} s and {drain} s later")

    def check_drain(self, settings):
        sleep = self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        delay = seconds(settings["OAUTH_GATEWAY_DRAIN_DELAY"])
        timeout = seconds(settings["OAUTH_GATEWAY_DRAIN_TIMEOUT"])
        # gRPC spreads the age by a tenth, so the program waits a fifth longer.
        age = 1.2 * seconds(settings["OAUTH_GATEWAY_MAX_CONNECTION_AGE"])
        grace = self.pod["spec"]["terminationGracePeriodSeconds"]
        self.rule(age > 0, "connections never end, so new replicas get no calls")
        self.rule(grace >= sleep + delay + age + timeout + 10,
                  f"a grace period of {grace} s is not 10 s more than preStop {sleep} s, drain "
                  f"delay {delay} s, the age of connections {age} s and drain timeout {timeout} s")
        if self.edge is not None:
            self.check_end_of_edge(sleep)
        rolling = self.deployment["spec"]["strategy"]["rollingUpdate"]
        self.rule(rolling["maxUnavailable"] == 0, "a rollout takes Pods away before others are there")
        # Clients of the sandbox are people.
        if not any(o["metadata"]["name"] == "oauth-sandbox" for o in self.all("Deployment")):
            self.rule(self.deployment["spec"]["minReadySeconds"] > 60,
                      "a rollout takes Pods away before clients have asked DNS for others")

    def check_probes(self, settings):
        tls = "OAUTH_GATEWAY_TLS_CERT_FILE" in settings or self.edge is not None
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.rule("httpGet" in self.container[probe] if tls else "grpc" in self.container[probe],
                      f"{probe}: a kubelet's gRPC probe speaks no TLS, and sees more without it")
        for service in self.all("Service"):
            for port in service["spec"]["ports"]:
                if port["targetPort"] in ("grpc", 50051):
                    self.rule((port["appProtocol"] == "kubernetes.io/h2c") != tls,
                              f"{service['metadata']['name']} says the wrong protocol of its port")

    def check_selectors(self):
        labels = self.pod["metadata"]["labels"]
        self.rule(self.deployment["spec"]["selector"]["matchLabels"] == GATEWAY,
                  "the Deployment's selector cannot change later: it is the name alone")
        for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
            own = self.one(kind, "oauth-gateway")["spec"]
            selector = own.get("selector", own.get("podSelector"))
            self.rule(selects(selector.get("matchLabels", selector) if kind != "Service" else selector,
                              labels), f"{kind} oauth-gateway does not select the Pods")
        headless = self.one("Service", "oauth-gateway-headless")["spec"]
        self.rule(headless["clusterIP"] == "None", "the headless Service has an address")
        self.rule(selects(headless["selector"], labels), "the headless Service selects nothing")
        ports = [port for container in self.containers for port in container["ports"]]
        named = {port[key] for port in ports for key in ("name", "containerPort")}
        for service in self.all("Service"):
            if service["spec"]["selector"] == GATEWAY:
                for port in service["spec"]["ports"]:
                    self.rule(port["targetPort"] in named, f"{port['targetPort']} is no port of the Pod")
        for monitor in self.all("ServiceMonitor"):
            hits = [s for s in self.all("Service")
                    if selects(monitor["spec"]["selector"]["matchLabels"], s["metadata"].get("labels", {}))]
            self.rule(len(hits) == 1, f"the ServiceMonitor finds {len(hits)} Services: each Pod is "
                                      "scraped as often")
        for claim in self.all("HorizontalPodAutoscaler"):
            self.rule("replicas" not in self.deployment["spec"],
                      "the Deployment sets the count that is the autoscaler's")
            self.rule(claim["spec"]["minReplicas"] >= 2, "one replica is none during a drain")

    def check_secrets(self):
        for workload in self.all("Deployment") + self.all("StatefulSet"):
            spec = workload["spec"]["template"]["spec"]
            self.rule(spec.get("automountServiceAccountToken") is False,
                      f"{workload['metadata']['name']} is given a token")
            for container in spec["containers"] + spec.get("initContainers", []):
                for mount in container.get("volumeMounts", []):
                    self.rule("subPath" not in mount,
                              f"{mount['name']} is mounted by subPath and never refreshed")
                for variable in container.get("env", []):
                    self.rule("secretKeyRef" not in variable.get("valueFrom", {}),
                              f"{variable['name']} is a secret in the environment")
        for value in self.settings().values():
            self.rule(not re.search(r"sk-|://[^/]*@", value), "a ConfigMap holds a secret")

    def check_network(self):
        own = self.one("NetworkPolicy", "oauth-gateway")["spec"]
        self.rule(set(own["policyTypes"]) == {"Ingress", "Egress"}, "the policy leaves a way open")
        names = [rule for rule in own["egress"]
                 if {(p["port"], p["protocol"]) for p in rule["ports"]} == {(53, "UDP"), (53, "TCP")}]
        self.rule(len(names) == 1, "DNS by UDP and TCP is not let out")
        to = names[0]["to"] if names else []
        self.rule(any(peer.get("podSelector", {}).get("matchLabels") == {"k8s-app": "kube-dns"}
                      for peer in to), "the cluster's DNS is not let out to, by its label alone")
        self.rule(any(peer.get("ipBlock", {}).get("cidr") == "169.254.20.10/32" for peer in to),
                  "NodeLocal DNSCache is forgotten")
        for policy in self.all("NetworkPolicy"):
            for rule in policy["spec"].get("egress", []) + policy["spec"].get("ingress", []):
                self.rule(rule.get("ports"), f"{policy['metadata']['name']} opens every port")
                for peer in rule.get("to", []):
                    block = peer.get("ipBlock", {})
                    self.rule(block.get("cidr") != "0.0.0.0/0" or "169.254.0.0/16" in block["except"],
                              "the cloud's metadata service can be asked")

    def check_count(self):
        budget = self.one("PodDisruptionBudget", "oauth-gateway")["spec"]
        self.rule(budget.get("maxUnavailable") == 1 and "minAvailable" not in budget,
                  "the budget can block the drain of a node")
        image = self.container["image"]
        self.rule(re.search(r"@sha256:|:[^:/]+$", image) and not image.endswith(":latest"),
                  f"{image} is whatever was pushed last")


def main():
    status = 0
    for path in sys.argv[2:]:
        for line in Manifests(sys.argv[1], path).check():
            print(f"{pathlib.Path(path).stem}: {line}")
            status = 1
    return status


sys.exit(main())
