# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034 # for apt; for who sources this
# Fresh Debian systems in folders. Sourced after common.sh; needs root, and what scripts/setup image
# installs.

supported_debians=(bookworm trixie) # 12, 13

# The Debian of this machine, if it is supported, else the first that is.
debian_here() {
  local here
  here=$(os_release VERSION_CODENAME)
  if is_supported "$here"; then echo "$here"; else echo "${supported_debians[0]}"; fi
}
is_supported() { [[ " ${supported_debians[*]} " == *" $1 "* ]]; }

# in_own_mounts ARGUMENT...: runs the script again in its own mount namespace, so that no mount remains
# when it ends in any way.
in_own_mounts() {
  [[ -z "${own_mounts:-}" ]] || return 0
  ((EUID == 0)) || fail "run this as root: it makes file systems of Debian's packages"
  own_mounts=true exec unshare --mount --propagation private "$0" "$@"
}

# archive main|security: the archive from which this machine installs packages.
archive() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u |
    if [[ "$1" == security ]]; then grep security; else grep -v security; fi | head -n 1
}

# debootstrap_to TARGET SUITE [MMDEBSTRAP-OPTION ...]: the packages that every system has.
debootstrap_to() {
  local target=$1 suite=$2 main security
  shift 2
  main=$(archive main) security=$(archive security || true)
  quietly mmdebstrap --quiet --variant=minbase "$@" "$suite" "$target" \
    "deb $main $suite main" "deb $main $suite-updates main" \
    ${security:+"deb $security $suite-security main"}
}

# make_debian SUITE FOLDER: a system that reaches what this machine reaches, or the one that is there.
# After in_own_mounts.
make_debian() {
  local suite=$1 folder=$2
  if [[ ! -e "$folder/etc/made-complete" ]]; then
    say "making a fresh Debian $suite"
    rm -rf --one-file-system "$folder"
    mkdir -p "$(dirname "$folder")"
    debootstrap_to "$folder" "$suite" --format=directory --include=ca-certificates,git
    cp /etc/resolv.conf /etc/hosts "$folder/etc/"
    # Certificates of a proxy that this machine trusts.
    cp -r /usr/local/share/ca-certificates "$folder/usr/local/share/"
    quietly chroot "$folder" update-ca-certificates
    touch "$folder/etc/made-complete"
  fi
  mount --bind /proc "$folder/proc"
  mkdir -p "$folder/dev/shm" "$folder/dev/pts"
  mount -t tmpfs tmpfs "$folder/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$folder/dev/pts"
}

# in_debian FOLDER COMMAND...: with no more of this environment than the proxies and what a build obeys.
in_debian() {
  local folder=$1 passed
  shift
  mapfile -t passed < <(env | grep -iE '^((https?|no)_proxy|CI|CMAKE_BUILD_PARALLEL_LEVEL)=' || true)
  env -i HOME=/root TERM=dumb LANG=C.UTF-8 "${passed[@]}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$folder" "$@" </dev/null
}

# boot_debian FOLDER LOG: starts its systemd, in namespaces of its own but for the network, and waits
# until it runs. Sets $booted, its process; the system ends with it.
booted=''
boot_debian() {
  local unshared
  # shellcheck disable=SC2016 # the shell inside
  setsid unshare --mount --pid --fork --uts --ipc --cgroup --propagation private bash -euc '
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount -t sysfs -o ro sysfs "$1/sys"
    if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
      mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
    else
      mount -t tmpfs tmpfs "$1/sys/fs/cgroup"
      mkdir "$1/sys/fs/cgroup/systemd"
      mount -t cgroup -o none,name=systemd cgroup "$1/sys/fs/cgroup/systemd"
    fi
    mount -t tmpfs tmpfs "$1/run"
    # Credentials of a service are mounted by a process beside it.
    mount --make-rshared "$1"
    exec env -i container=other PATH=/usr/sbin:/usr/bin chroot "$1" /lib/systemd/systemd
  ' boot "$1" >"$2" 2>&1 </dev/null &
  unshared=$!
  disown
  eventually 10 pgrep --parent "$unshared" >/dev/null || return 1
  booted=$(pgrep --parent "$unshared")
  eventually 60 systemd_runs || return 1
}
systemd_runs() { [[ "$(in_booted systemctl is-system-running 2>/dev/null)" =~ ^(running|degraded)$ ]]; }

# in_booted COMMAND...: as in_debian, in the system that boot_debian has started.
in_booted() {
  local proxies
  mapfile -t proxies < <(env | grep -iE '^(https?|no)_proxy=' || true)
  nsenter --target "$booted" --mount --pid --uts --ipc --cgroup --root \
    env -i --chdir=/ HOME=/root TERM=dumb LANG=C.UTF-8 "${proxies[@]}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}
