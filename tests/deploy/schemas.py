"""Makes JSON schemas for kubeconform out of what Kubernetes and operators publish themselves.

usage: schemas.py FOLDER SWAGGER [CRD ...]

SWAGGER is api/openapi-spec/swagger.json of Kubernetes, each CRD a file of CustomResourceDefinitions.
Fields that the schema does not know are refused, as the API server does with strict validation.
"""

import json
import pathlib
import sys

import yaml

KEPT = ("$ref", "enum", "maxItems", "maximum", "minItems", "minimum", "required", "type")
EITHER = {"anyOf": [{"type": "string"}, {"type": "number"}]}  # quantities; numbers or percentages
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def strict(schema):
    """A schema of OpenAPI as JSON schema, without room for unknown fields."""
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        return EITHER
    result = {key: schema[key] for key in KEPT if key in schema}
    if "items" in schema:
        result["items"] = strict(schema["items"])
    if "properties" in schema:
        result["properties"] = {key: strict(value) for key, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = strict(schema["additionalProperties"])
    return result


def referenced(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rsplit("/", 1)[-1]
        for value in schema.values():
            yield from referenced(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from referenced(value)


def write(folder, group, version, kind, schema, definitions):
    """One kind, with all that it refers to."""
    needed, todo = {}, list(referenced(schema))
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = definitions[name]
            todo += referenced(definitions[name])
    name = f"{kind}-{group.split('.')[0]}-{version}" if group else f"{kind}-{version}"
    required = {"required": sorted({"apiVersion", "kind", *schema.get("required", [])})}
    (folder / f"{name.lower()}.json").write_text(
        json.dumps({**schema, **required, "definitions": needed}), encoding="utf-8")


def main():
    # A lone "=" in a list of operators is text here.
    yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    swagger = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))["definitions"]
    definitions = {name: strict(schema) for name, schema in swagger.items()}
    for name in definitions:
        if name.endswith(".api.resource.Quantity"):
            definitions[name] = EITHER
    for name, schema in swagger.items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            if "metadata" in schema.get("properties", {}):
                write(folder, kind["group"], kind["version"], kind["kind"], definitions[name],
                      definitions)
    for path in sys.argv[3:]:
        for crd in yaml.safe_load_all(pathlib.Path(path).read_text(encoding="utf-8")):
            for version in crd["spec"]["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"$ref": f"#/definitions/{METADATA}"}
                write(folder, crd["spec"]["group"], version["name"], crd["spec"]["names"]["kind"],
                      schema, definitions)


main()
