# shellcheck shell=bash
# shellcheck disable=SC2154 # colours: common.sh
# Counted checks. Sourced after common.sh.

checks_passed=0 checks_failed=0

# check NAME COMMAND...: prints NAME with the first line of output, or with all output on failure.
# The command is run in a condition, so `set -e` has no effect in it.
check() {
  local name=$1 output
  output=$(mktemp)
  shift
  if "$@" >"$output" 2>&1 </dev/null; then
    checks_passed=$((checks_passed + 1))
    printf 'ok      %s%s\n' "$name" "$(head -n 1 "$output" | sed 's/\(.\)/ (\1/; s/$/)/; s/^)$//')"
  else
    checks_failed=$((checks_failed + 1))
    printf '%sFAILED  %s%s\n' "$red" "$name" "$plain"
    tail -n 60 "$output" | sed 's/^/        /'
  fi
  rm -f "$output"
}

# The last line of a script: its count.
finish_checks() {
  say "$checks_passed passed, $checks_failed failed"
  ((checks_failed == 0 && checks_passed > 0))
}
