# shellcheck shell=bash
# Functions of all scripts. Sourced, not run; the sourcing script has set -euo pipefail.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools="$root/build/tools/bin"

# The tools of build/tools precede others of the same name; tests also find grpcurl there.
export PATH="$tools:$PATH"

# Without the first of these, ccache has no hit with a precompiled header; without the others, none for
# the same source in another folder.
export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS-pch_defines,time_macros}"
export CCACHE_BASEDIR="${CCACHE_BASEDIR-$root}"
export CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR-true}"

if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

say() { printf '%s\n' "$*"; }
step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

fail() {
  printf '%s%s: %s%s\n' "$red" "$(basename "$0")" "$*" "$plain" >&2
  exit 1
}

# Runs a command and prints its output only if it fails.
quietly() {
  local output
  output=$("$@" 2>&1 </dev/null) || {
    printf '%s\n' "$output" >&2
    fail "failed: $*"
  }
}

# os_release FIELD: of this machine, as VERSION_CODENAME.
os_release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\).*/\1/p" /etc/os-release; }

# version_here, revision_here, time_here: of the project, as its last commit has it.
version_here() { sed -n 's/^project(.* VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt"; }
revision_here() { git -C "$root" rev-parse HEAD; }
time_here() { git -C "$root" log -1 --format=%ct; }

# configure PRESET: in CI a warning is an error; on a desk it is a warning.
configure() {
  local flags=()
  [[ "${CI:-}" != true ]] || flags+=(-DCMAKE_COMPILE_WARNING_AS_ERROR=ON)
  (cd "$root" && quietly cmake --preset "$1" "${flags[@]}")
}

# build PRESET [TARGET ...]
build() {
  local preset=$1 targets=()
  shift
  (($# == 0)) || targets=(--target "$@")
  (cd "$root" && cmake --build --preset "$preset" "${targets[@]}")
}

# Files that are tracked by git or would be added, and match the patterns; separated by NUL.
project_files() {
  (
    cd "$root" && git ls-files -z --cached --others --exclude-standard -- "$@" |
      while IFS= read -r -d '' file; do
        # git also lists deleted files.
        if [[ -f "$file" ]]; then printf '%s\0' "$file"; fi
      done
  )
}

# blocks_of FILE [KIND]: the code of the fenced blocks "```KIND" of a document; KIND is bash by default.
blocks_of() {
  awk -v fence="\`\`\`${2:-bash}" '/^```/ { inside = $0 == fence; next } inside' "$1"
}

# part_of FILE NAME: what is between the marks NAME:begin and NAME:end of a document.
part_of() { sed -n "/<!-- $2:begin -->/,/<!-- $2:end -->/p" "$1" | grep -v '^<!--'; }

# eventually SECONDS COMMAND...: repeats COMMAND until it succeeds; fails after SECONDS.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

# PKCE (RFC 7636): random_base64url BYTES makes a verifier, challenge_of VERIFIER its S256 challenge.
random_base64url() { openssl rand "$1" | base64url; }
challenge_of() { printf '%s' "$1" | openssl dgst -sha256 -binary | base64url; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
