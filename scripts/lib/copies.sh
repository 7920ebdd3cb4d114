# shellcheck shell=bash
# shellcheck disable=SC2154 # root, logs: the sourcing script
# The programs of client/examples, each copied to an empty folder below $logs/copies with the contract
# beside it, and built and run by the commands of its own README. Sourced after processes.sh.

example_readme() { echo "$root/client/examples/$1/README.md"; }

# steps LANGUAGE: the commands of its README, without the last one, which runs the program.
steps() { blocks_of "$(example_readme "$1")" | sed '$d'; }

# in_copy LANGUAGE COMMAND...: in the folder of the copy.
in_copy() { (cd "$logs/copies/$1" && timeout "${limit:-60}" "${@:2}"); }

# run_example LANGUAGE [--plaintext]: by the last command of its README.
run_example() {
  local command
  command=$(blocks_of "$(example_readme "$1")" | tail -n 1)
  in_copy "$1" bash -c "${command% --plaintext}${2:+ $2}"
}

# run_decoder LANGUAGE ADDRESS
run_decoder() {
  case "$1" in
    go) in_copy go go run ./decoder "$2" ;;
    python) in_copy python venv/bin/python -B decode_errors.py "$2" ;;
    java) in_copy java java -cp 'target/classes:target/dependency/*' DecodeErrors.java "$2" ;;
    node) in_copy node node decode_errors.mjs "$2" ;;
  esac
}

# builds LANGUAGE: copies the example, follows its README, and adds its decoder. In a bash of its own,
# because `set -e` has no effect in a condition.
builds() {
  local copy=$logs/copies/$1 place=.
  mkdir -p "$logs/copies"
  cp -r "$root/client/examples/$1" "$copy"
  cp -r "$root/proto" "$copy/proto"
  limit=300 in_copy "$1" bash -euo pipefail -c "$(steps "$1")" || return 1
  # A program of Go has a folder of its own.
  if [[ "$1" == go ]]; then place=decoder; fi
  mkdir -p "$copy/$place"
  cp "$root/tests/examples/$1"/* "$copy/$place/"
  [[ "$1" != go ]] || is_formatted "$copy"
}

is_formatted() { [[ -z "$(gofmt -l "$1/main.go" "$1/decoder" | tee /dev/stderr)" ]]; }

# The command that generates code is the same in README.md, for readers of either.
readme_has_its_command() {
  local command
  command=$(steps "$1" | tail -n 1)
  grep -qxF "$command" <(blocks_of "$root/README.md") || {
    say "README.md lacks: $command"
    return 1
  }
}

# The same files as protoc; comments name versions.
buf_generates_the_same() {
  local copy=$logs/copies/go
  if ! command -v buf >/dev/null; then
    say "not checked: there is no buf"
    return 0
  fi
  mv "$copy/gen" "$copy/gen-of-protoc"
  in_copy go env PATH="$copy/bin:$PATH" buf generate || return 1
  diff --recursive --ignore-matching-lines='^// ' "$copy/gen-of-protoc" "$copy/gen" || return 1
  rm -r "$copy/gen-of-protoc"
}

# The second way of the README, with newer plugins and modules. Go 1.21 is the first that fetches the Go
# which those need.
goes_through_with_the_newest() {
  local output status=0
  if [[ "$(printf '%s\n' go1.21 "$(go env GOVERSION)" | sort -V | head -n 1)" != go1.21 ]]; then
    say "not checked: $(go env GOVERSION) is older than go1.21"
    return 0
  fi
  cp -r "$logs/copies/go" "$logs/copies/go-newest"
  output=$(limit=300 in_copy go-newest bash -euo pipefail \
    -c "$(blocks_of "$(example_readme go)" 'bash newest')" 2>&1) || status=$?
  [[ "$status" == 0 && "$output" == *"a key of user_"* ]] || {
    show "$output"
    return 1
  }
}
