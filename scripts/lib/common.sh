# Shared words of the scripts: say things, install what is missing, start what is needed, clean up. Source it.
# Nothing here runs on its own.

repo_root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
python_packages="$repo_root/target/python"
# Where cargo puts what it builds.
target=${CARGO_TARGET_DIR:-$repo_root/target}
export FRONTDESK_MODELS="${FRONTDESK_MODELS:-$repo_root/target/models}"
export PYTHONPATH="$python_packages${PYTHONPATH:+:$PYTHONPATH}"

say() { printf '%s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# as_root COMMAND...: runs it as root, through sudo when that needs no password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 77
    fi
}

# ensure_apt COMMAND PACKAGE...: installs the packages unless the command is there.
ensure_apt() {
    local wanted=$1
    shift
    have "$wanted" && return 0
    have apt-get || die "\`$wanted\` is missing and there is no apt-get here. Install it (Debian: $*) and run this again."
    say "installing $* (for \`$wanted\`)"
    mkdir -p "$repo_root/target"
    local log="$repo_root/target/apt.log"
    if ! apt_quietly "$@" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "could not install $*. As root: apt-get install $*  (the whole log: $log)"
    fi
    have "$wanted" || die "apt-get installed $*, and \`$wanted\` is still not there. Is it on PATH?"
}

apt_quietly() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
        install --no-install-recommends "$@" && return 0
    # A fresh machine has no package lists yet.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 update &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
            install --no-install-recommends "$@"
}

# ensure_pip MODULE PACKAGE...: installs Python packages into target/python unless the module can be imported.
# Nothing outside the repository changes.
ensure_pip() {
    local module=$1
    shift
    python3 -c "import $module" 2>/dev/null && return 0
    say "installing $* (Python, into target/python)"
    mkdir -p "$python_packages"
    python3 -m pip --disable-pip-version-check --quiet install --target "$python_packages" "$@" ||
        die "could not install the Python packages $*. By hand: python3 -m pip install --target $python_packages $*"
    python3 -c "import $module" || die "pip installed $*, and Python still cannot import $module"
}

# build_programs: builds every program and example of the workspace. All checks build with this and nothing else: with
# other packages named, cargo would choose other features and compile half of the dependencies again.
build_programs() { cargo build --quiet --locked --workspace --bins --examples; }

# test_program CRATE: builds the integration tests of the workspace and prints the path of that crate's.
test_program() {
    cargo test --quiet --locked --workspace --test it --no-run --message-format=json | python3 -c '
import json, sys
for line in sys.stdin:
    built = json.loads(line)
    if built.get("executable") and f"/crates/{sys.argv[1]}/tests/" in built["target"]["src_path"]:
        print(built["executable"])
' "$1"
}

# run_tests CRATE ARGUMENTS...: runs the integration tests of a crate in its folder, as cargo would.
run_tests() {
    local crate=$1 program
    shift
    program=$(test_program "$crate")
    [ -n "$program" ] || die "crates/$crate has no integration tests"
    (cd -- "$repo_root/crates/$crate" && CARGO_MANIFEST_DIR=$PWD "$program" "$@")
}

# free_port: prints a TCP port of the loopback address that is free now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for SECONDS COMMAND...: tries the command until it works.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# A scratch folder and what was started, both gone at the end however it comes.
scratch=""
started=()

scratch_folder() {
    if [ -z "$scratch" ]; then
        scratch=$(mktemp -d "${TMPDIR:-/tmp}/frontdesk.XXXXXX")
    fi
}

# in_background COMMAND...: starts it, to be stopped at the end. Its process id is in $!.
in_background() {
    "$@" &
    started+=("$!")
}

clean_up() {
    local process
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null && wait "$process" 2>/dev/null
    done
    started=()
    if [ -n "$scratch" ]; then
        rm -rf -- "$scratch"
    fi
    scratch=""
}
