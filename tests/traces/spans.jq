# Flattens the lines of the collector's file: one object for each span, its attributes by name.
def value: to_entries[0].value;
[.[] | .resourceSpans[] | .resource.attributes as $resource | .scopeSpans[] | .spans[]
  | . + {attributes: (.attributes // [] | map({(.key): (.value | value)}) | add // {}),
         service: ($resource | map(select(.key == "service.name")) | .[0].value.stringValue)}]
