"""Peer: Envoy's gRPC-JSON reverse transcoder, as far as configuration goes.

Fields cannot become headers (so they are constants here, and go out in the body too), enum values
keep their proto spelling, and there is no retry per call, validation or typed error.

Usage: run.py DESCRIPTOR_SET; LISTEN, UPSTREAM, UPSTREAM_CA_FILE and MODELGATES_API_KEY say the
rest. DESCRIPTOR_SET holds the service and all that it imports.
"""
import base64
import json
import os
import pathlib
import sys
import urllib.parse

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2

TYPES = "type.googleapis.com/envoy.extensions"
PATHS = {"CreateAuthCode": "/auth/keys/code", "ExchangeAuthCode": "/auth/keys"}


def annotated(descriptor_set, base_path):
    """The descriptors, with the option that tells transcoders an RPC's HTTP method and path."""
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set)
    for method in (method for file in files.file for service in file.service
                   for method in service.method if method.name in PATHS):
        rule = method.options.Extensions[annotations_pb2.http]
        rule.post, rule.body = base_path + PATHS[method.name], "*"
    return base64.b64encode(files.SerializeToString()).decode()


def header(name, value):
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def address(host, port):
    return {"socket_address": {"address": host, "port_value": port}}


def configuration(descriptor_set):
    upstream = urllib.parse.urlsplit(os.environ["UPSTREAM"])
    host, _, port = os.environ["LISTEN"].rpartition(":")
    connection_manager = {
        "@type": f"{TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "grpc", "codec_type": "HTTP2", "generate_request_id": False,
        "route_config": {"virtual_hosts": [{
            "name": "all", "domains": ["*"],
            "request_headers_to_add": [
                header("Authorization", f"Bearer {os.environ['MODELGATES_API_KEY']}"),
                header("HTTP-Referer", "https://app.example.com"),
                header("X-OpenRouter-Title", "Example App"),
                header("X-OpenRouter-Categories", "cli-agent,cloud-agent")],
            "routes": [{"match": {"prefix": "/"}, "route": {
                "cluster": "upstream", "host_rewrite_literal": upstream.netloc}}]}]},
        "http_filters": [
            {"name": "reverse_transcoder", "typed_config": {
                "@type": f"{TYPES}.filters.http.grpc_json_reverse_transcoder.v3."
                         "GrpcJsonReverseTranscoder",
                "descriptor_binary": annotated(descriptor_set, upstream.path)}},
            {"name": "router", "typed_config": {
                "@type": f"{TYPES}.filters.http.router.v3.Router", "dynamic_stats": False}}]}
    cluster = {
        "name": "upstream", "type": "STATIC",
        "circuit_breakers": {"thresholds": [
            {"max_connections": 20000, "max_pending_requests": 20000, "max_requests": 20000}]},
        "load_assignment": {"cluster_name": "upstream", "endpoints": [{"lb_endpoints": [
            {"endpoint": {"address": address(upstream.hostname, upstream.port)}}]}]}}
    if upstream.scheme == "https":
        cluster["transport_socket"] = {"name": "tls", "typed_config": {
            "@type": f"{TYPES}.transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context": {"validation_context": {
                "trusted_ca": {"filename": os.environ["UPSTREAM_CA_FILE"]},
                "match_typed_subject_alt_names": [
                    {"san_type": "IP_ADDRESS", "matcher": {"exact": upstream.hostname}}]}}}}
    return {"static_resources": {
        "listeners": [{"name": "grpc", "address": address(host, int(port)), "filter_chains": [
            {"filters": [{"name": "http", "typed_config": connection_manager}]}]}],
        "clusters": [cluster]}}


def main():
    program = next(pathlib.Path(sys.prefix).glob("lib/python3*/site-packages/envoy/_bin/envoy"))
    text = json.dumps(configuration(pathlib.Path(sys.argv[1]).read_bytes()))
    # One worker, as every row has one CPU.
    os.execv(program, [program, "--config-yaml", text, "--concurrency", "1",
                       "--log-level", "error", "--disable-hot-restart"])


if __name__ == "__main__":
    main()
