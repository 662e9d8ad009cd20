# Sourced by sample-logs/open, tests/run and .ci/run: the Debian packages that each needs, and how to get them.

BUILD_PACKAGES=(gcc libc6-dev)
WINDOW_PACKAGES=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1 libgl1-mesa-dri)
TEST_PACKAGES=(xvfb xdotool openbox imagemagick chromium poppler-utils xclip openssh-client openssl)

# need_packages NAME...: installs those that are missing, as root or through sudo without a password. Where that cannot be
# done it names them and returns 1.
need_packages() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "This is no Debian; make sure that what these packages hold is installed: $*" >&2
        return 0
    fi
    for name in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) in
            installed*) ;;
            *) missing+=("$name") ;;
        esac
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "Missing system packages: ${missing[*]}. Install them with: sudo apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo -n)
    fi
    echo "Installing ${missing[*]}" >&2
    if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2; then
        echo "These packages could not be installed: ${missing[*]}" >&2
        return 1
    fi
}
