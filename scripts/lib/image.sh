# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # for who sources this; of common.sh
# Building and running images without a daemon and without a registry. Sourced after common.sh;
# needs root, and what scripts/setup image installs.

source "$root/scripts/lib/debian.sh"

debian=${DEBIAN:-$(debian_here)}
is_supported "$debian" || fail "DEBIAN=$debian is none of: ${supported_debians[*]}"
base_image=docker.io/library/debian:$debian-slim
images="$root/build/image"
gateway_image=localhost/oauth-gateway:built
sandbox_image=localhost/oauth-sandbox:built

# Uses copies, which take more disk, if the folder cannot be an overlay (it may be on one).
storage_driver() {
  local probe driver=vfs
  probe=$(mktemp -d "$images/overlay.XXXXXX")
  mkdir "$probe"/{lower,upper,work,merged}
  if mount -t overlay overlay "$probe/merged" 2>/dev/null \
    -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work"; then
    umount "$probe/merged"
    driver=overlay
  fi
  rm -rf "$probe"
  echo "$driver"
}

# A separate store, so that these images do not mix with those of the machine.
use_store() {
  mkdir -p "$images"
  [[ -s "$images/driver" ]] || storage_driver >"$images/driver"
  store=(--root "$images/store" --runroot "$images/run" --storage-driver "$(<"$images/driver")")
}

run_buildah() { buildah "${store[@]}" "$@"; }
# runc works with the cgroups of any kernel, and without systemd.
run_podman() {
  podman "${store[@]}" --log-level fatal --cgroup-manager cgroupfs --runtime runc --events-backend file "$@"
}

# The base image under the name in the Dockerfile, made from the same packages as the image of that
# name.
make_base() {
  ! run_buildah inspect --type image "$base_image" >/dev/null 2>&1 || return 0
  local container
  say "making $base_image"
  debootstrap_to "$images/base.tar" "$debian" --format=tar
  container=$(run_buildah from scratch)
  quietly run_buildah add "$container" "$images/base.tar" /
  quietly run_buildah config --cmd bash "$container"
  quietly run_buildah commit --quiet --rm "$container" "$base_image"
  rm "$images/base.tar"
}

# build_image TARGET IMAGE [OPTION ...]. All files in the image have the time of the commit.
build_image() {
  local target=$1 image=$2 version revision
  shift 2
  version=$(version_here)
  revision=$(revision_here)
  local epoch cache=${CCACHE_DIR:-$HOME/.cache/ccache}
  epoch=$(time_here)
  mkdir -p "$cache"
  # docker's format, because the OCI format has no HEALTHCHECK.
  run_buildah build --isolation chroot --network host --pull-never --format docker --layers \
    --timestamp "$epoch" --build-arg SOURCE_DATE_EPOCH="$epoch" \
    --build-arg DEBIAN="$debian" --build-arg VERSION="$version" --build-arg REVISION="$revision" \
    --volume "$cache:/root/.cache/ccache" --target "$target" --tag "$image" "$@" "$root"
}
