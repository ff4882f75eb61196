# Sourced by the lab's commands: where the cache lies, messages, apt.
# shellcheck shell=bash

LAB_HOME=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck disable=SC2034  # used by those who source this
PROOF_HOME=$(dirname "$LAB_HOME")/Proof
LAB_CACHE=${TRUECOUNT_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/truecount-lab}
# Debian's own tools; a Python or meson found earlier in PATH breaks QEMU's configure.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
ME=${0##*/}

say() { echo "$ME: $*" >&2; }
die() { say "$@"; exit 1; }
# Not a failure of the lab: this machine lacks what it takes. Tests skip on it.
unable() { say "$@"; exit 3; }

# Print the header comment of the calling script: its help text.
usage() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

# The key of the build that belongs to these sources.
lab_key() {
  (cd "$LAB_HOME" && cat qemu-*.patch build) | sha256sum | cut -c1-16
}

# cache_lock: one writer of the cache at a time.  Left-overs of a killed writer are removed.
cache_lock() {
  mkdir -p "$LAB_CACHE" || unable "cannot create $LAB_CACHE (TRUECOUNT_LAB_CACHE chooses another place)"
  LAB_CACHE=$(cd "$LAB_CACHE" && pwd)
  exec 9> "$LAB_CACHE/.lock" || unable "cannot write in $LAB_CACHE"
  flock -n 9 || { say "waiting for another build to finish"; flock 9; }
  rm -rf "$LAB_CACHE"/.tmp.*
}

# work_dir: an empty directory in WORK, on the cache's file system, gone when the script ends.
work_dir() {
  WORK=$(mktemp -d "$LAB_CACHE/.tmp.XXXXXX") || die "cannot write in $LAB_CACHE"
  trap 'rm -rf "$WORK"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# need_space MIB
need_space() {
  local free
  free=$(df --output=avail -m "$LAB_CACHE" | tail -1)
  [ "$free" -ge "$1" ] || unable "$LAB_CACHE has $((free)) MiB free, $1 are needed"
}

# lab_apt_setup SUITE...: make `lab_apt` work on those suites (deb and deb-src, section main), for packages of LAB_ARCH.
# Everything but the list of sources is the machine's own apt configuration (proxies, trust);
# the mirrors are those it names, in whichever format.  Nothing outside $WORK is written.
LAB_ARCH=amd64
lab_apt_setup() {
  local main security uris suite uri a=$WORK/apt key=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$a/lists/partial" "$a/cache/archives/partial" "$a/log"
  # 'URI/dists/SUITE/InRelease' file size
  uris=$(apt-get -o Dir::State::lists="$a/lists" update --print-uris 2>/dev/null |
         sed -n "s|^'\(.*\)/dists/\([^']*\)/InRelease'.*|\1 \2|p")
  main=$(awk '$2 ~ /^(bookworm|stable|oldstable|oldoldstable)$/ { print $1; exit }' <<< "$uris")
  security=$(awk '$2 ~ /^[a-z]+-security$/ { print $1; exit }' <<< "$uris")
  [ -n "$main" ] || unable "found no mirror for bookworm in this machine's apt configuration"
  # A machine without a security source: beside the main archive, as mirrors have it.
  [ -n "$security" ] || security=${main%/}-security
  for suite in "$@"; do
    uri=$main; [[ $suite == *-security ]] && uri=$security
    printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$suite"
    [ -e $key ] && printf 'Signed-By: %s\n' $key
    echo
  done > "$a/lab.sources"
  cat > "$a/apt.conf" <<CONF
APT::Architecture "$LAB_ARCH";
APT::Architectures { "$LAB_ARCH"; };
Dir::Etc::sourcelist "$a/lab.sources";
Dir::Etc::sourceparts "-";
Dir::State::lists "$a/lists";
Dir::Cache "$a/cache";
Dir::Cache::archives "archives";
Dir::Log "$a/log";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Update::Post-Invoke "";
APT::Update::Error-Mode "any";
CONF
  if ! lab_apt apt-get -q update > "$a/update.log" 2>&1; then
    tail -5 "$a/update.log" >&2
    unable "cannot read the package lists of: $* (offline?)"
  fi
}
lab_apt() { APT_CONFIG=$WORK/apt/apt.conf LC_ALL=C "$@"; }

# fetch_unpack DIR PACKAGE...: download binary packages and unpack them into DIR; install nothing.
fetch_unpack() {
  local dir=$1 d=$WORK/debs deb; shift
  rm -rf "$d"; mkdir -p "$d" "$dir"
  (cd "$d" && lab_apt apt-get -q download "$@") > "$WORK/download.log" 2>&1 ||
    { tail -5 "$WORK/download.log" >&2; die "cannot download: $*"; }
  for deb in "$d"/*.deb; do
    dpkg-deb -x "$deb" "$dir" || die "cannot unpack ${deb##*/} (disk full?)"
  done
  rm -rf "$d"
}
