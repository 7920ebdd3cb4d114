# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # root: common.sh; most of the variables are for the sourcing script
# Starts sandbox, gateway and other programs in the background, and stops them. Sourced after
# common.sh; the sourcing script sets $bin, the folder of the programs.

bin=''
logs=''
started=() # "NAME PID" of what runs, in the order in which it was started
secrets=() # what is not to be printed
upstream_latency=0s
sandbox_port=0 gateway_port=0 admin_port=0 # 0: any that is free
sandbox_pid='' sandbox_address='' gateway_pid='' gateway_address='' admin_address=''

# Redacts all output of a call, because an error of the upstream may contain the code.
show() {
  local text=$* secret length
  for secret in "${secrets[@]}"; do
    length=$((${#secret} / 4))
    text=${text//"$secret"/"${secret:0:length < 9 ? length : 9}..."}
  done
  printf '%s\n' "$text"
}

# ---- Starting

# The ports of the documentation if they are free, else any free ones.
port_or_any() { if (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then echo 0; else echo "$1"; fi; }
use_usual_ports() {
  gateway_port=$(port_or_any 50051) admin_port=$(port_or_any 9090) sandbox_port=$(port_or_any 8080)
}

# A port for a program that does not say which one it has taken.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Makes the folder of the logs, and registers the clean-up of this script.
prepare_logs() {
  logs=$(mktemp -d "${TMPDIR:-/tmp}/oauth-$(basename "$0").XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

alive() { [[ -n "$1" && -d "/proc/$1" ]]; }

# log_field NAME FIELD: a field of the line `listening` in the log of NAME.
log_field() {
  jq -Rr "fromjson? | select(.event == \"listening\") | .$2" "$logs/$1.log" | head -n 1
}

listens() { [[ -n "$(log_field "$1" event)" ]] || ! alive "$2"; }

# background NAME COMMAND...: a program whose log may have no line `listening`. $! is its process.
background() {
  local name=$1
  shift
  # In separate sessions, so that with --keep they survive this terminal.
  setsid "$@" >"$logs/$name.log" 2>&1 </dev/null &
  started+=("$name $!")
}

# start NAME COMMAND...: as background; returns when its log has the line `listening`.
start() {
  local name=$1
  background "$@"
  eventually 20 listens "$name" "$!" || fail "$name has named no port after 20 s"
  alive "$!" || fail "$name ended instead of listening"
}

# start_sandbox API_KEY
start_sandbox() {
  start sandbox "$bin/oauth-sandbox" --listen="127.0.0.1:$sandbox_port" --api_key="$1" \
    --latency="$upstream_latency"
  sandbox_pid=$!
  sandbox_address=$(log_field sandbox address)
}

# tell_sandbox FAULTS: it makes them with the next requests (sandbox/fault_script.h).
tell_sandbox() {
  local answer connection
  exec {connection}<>"/dev/tcp/${sandbox_address%:*}/${sandbox_address##*:}"
  printf 'POST /control/faults HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "${#1}" "$1" >&"$connection"
  read -r answer <&"$connection"
  exec {connection}>&-
  [[ "$answer" == *" 200 "* ]] || fail "the sandbox says: $answer"
}

# start_gateway API_KEY: after the sandbox. Allows http://localhost, as the API does for programs under
# development. Without drain delay, because there is no load balancer.
start_gateway() {
  MODELGATES_API_KEY=$1 start gateway "$bin/oauth-gateway" --listen="127.0.0.1:$gateway_port" \
    --admin_listen="127.0.0.1:$admin_port" --upstream="http://$sandbox_address/api/v1" --drain_delay=0s \
    --callback_policy=loopback
  gateway_pid=$!
  gateway_address=$(log_field gateway grpc_address)
  admin_address=$(log_field gateway admin_address)
}

# commands_of PART: those of README.md, with the addresses and folders of this run.
commands_of() {
  local text
  text=$(part_of "$root/README.md" "$1" | grep -v '^```')
  text=${text//127.0.0.1:50051/$gateway_address}
  text=${text//127.0.0.1:8080/$sandbox_address}
  text=${text//\$PWD\/build\/release\/bin/$bin}
  say "${text//\$PWD/$root}"
}

# ---- Stopping

gone() { ! alive "$1"; }

# stop NAME PID: sends SIGTERM, and returns whether the exit status is 0.
stop() {
  local status=0
  kill -TERM "$2" 2>/dev/null || true
  if ! eventually 20 gone "$2"; then
    kill -KILL "$2" 2>/dev/null || true
    say "$1 did not stop within 20 s of SIGTERM" >&2
    return 1
  fi
  wait "$2" || status=$?
  ((status == 0)) || say "$1 ended with exit status $status" >&2
  return "$status"
}

# In reverse order, because the gateway may still use the sandbox.
stop_all() {
  local failed=0 name pid
  while ((${#started[@]} > 0)); do
    read -r name pid <<<"${started[-1]}"
    unset 'started[-1]'
    stop "$name" "$pid" || failed=1
  done
  return "$failed"
}

show_logs() {
  local log
  for log in "$logs"/*.log; do
    [[ -f "$log" ]] || continue
    printf '\nlast lines of %s:\n' "$log" >&2
    show "$(tail -n 20 "$log")" >&2
  done
}

clean_up() {
  local status=$?
  trap - EXIT
  stop_all || status=1
  [[ -n "$logs" ]] || exit "$status"
  if ((status == 0)); then
    rm -rf "$logs"
  else
    show_logs
  fi
  exit "$status"
}
