# What packaging/run and packaging/test share: installing a list of packages, saying what is missing.

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'packmule: %s\n' "$*" >&2; exit 1; }

# The packages of the given lists that are not installed yet, on one line.
missingPackages() {
    local package
    for package in $(cat "$@"); do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
    done
}

isDebian13() { [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 13 ]); }

# installPackages LIST…: on Debian 13 installs what is missing (root or sudo); elsewhere names it and stops.
installPackages() {
    if ! isDebian13; then
        fail "this is not Debian 13. Packmule needs Qt 6.8 and these packages (Debian's names; install your system's own): $(cat "$@" | tr '\n' ' ')"
    fi
    local missing asRoot=
    missing=$(missingPackages "$@")
    [ -z "$missing" ] && return
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "please install as root: apt-get install $missing"
        asRoot=sudo
    fi
    say "Installing: $missing"
    $asRoot env DEBIAN_FRONTEND=noninteractive apt-get update -qq || fail "apt-get update failed"
    # shellcheck disable=SC2086
    $asRoot env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/tmp/packmule-apt.log 2>&1 ||
        fail "apt-get install failed: $(tail -3 /tmp/packmule-apt.log)"
}
