# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # for who sources this; root, logs: the sourcing script
# The sessions of README.md, as pasted into a terminal, and what they show. Sourced after processes.sh.

session_texts=(
  modelgates.oauth.v1.OAuthService 'string callback_url' $'\nsk-' 'the key is in key.txt' '"pending":1'
  PAYMENT_REQUIRED 'next: add credit'
)
flow_texts=('"key": "sk-' FIELD_INVALID callback_url limit)

# pasted COMMANDS TEXT...: the output of the commands, run in an empty folder, has the texts in this
# order. They end with the call that meets an error, so their exit status says nothing.
pasted() {
  local output rest text
  mkdir -p "$logs/session"
  output=$(cd "$logs/session" && BROWSER=$root/tests/examples/approve timeout 60 bash -c "$1" 2>&1) || true
  rest=$output
  for text in "${@:2}"; do
    [[ "$rest" == *"$text"* ]] || {
      show "lacks, or has too early: $text"$'\n'"${output//sk-/}"
      return 1
    }
    rest=${rest#*"$text"}
  done
}
