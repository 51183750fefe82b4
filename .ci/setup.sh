#!/bin/sh
# setup.sh: checks Node and installs the system packages that are missing · in: build|test · out: tools on PATH · next: Makefile
#
# Debian and Ubuntu: apt-get. Elsewhere nothing is installed; what is missing is named.
# WASMFIT_BROWSERS=chromium,firefox (default: chromium,firefox,webkit) chooses the browsers of the tests.
set -eu

fail() {
  echo "setup: $1" >&2
  shift
  for line; do echo "  $line" >&2; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND|FILE PACKAGE: the package is missing unless the command or file is there or it was found not to exist here
missing=
unknown=build/setup-unknown-packages
need() {
  case "$missing $(cat $unknown 2>/dev/null) " in *" $2 "*) return ;; esac
  has "$1" || [ -e "$1" ] || missing="$missing $2"
}

has node || fail "Node 20.19 or newer is needed and there is no node on PATH" "https://nodejs.org/en/download"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node 20.19 or newer is needed; $(command -v node) is $(node --version)" "https://nodejs.org/en/download"
has npm || fail "npm is needed and not on PATH; it comes with Node" "https://nodejs.org/en/download"

emsdk=${EMSDK:+$EMSDK/upstream/emscripten/emcc}
if [ -z "$emsdk" ] || ! has "$emsdk"; then
  need emcc emscripten
  # the build with relaxed SIMD, where emcc brings a clang older than 17
  need clang-19 clang-19
  need wasm-ld-19 lld-19
fi

if [ "$1" = test ]; then
  need gcc gcc
  need clang-19 clang-19
  need /usr/lib/llvm-19/lib/clang/19/lib/linux libclang-rt-19-dev
  browsers=${WASMFIT_BROWSERS:-chromium,firefox,webkit}
  case $browsers in *chromium*) [ -n "${CHROMIUM:-}" ] || need chromium chromium ;; esac
  case $browsers in *firefox*) [ -n "${FIREFOX:-}" ] || need firefox-esr firefox-esr ;; esac
  case $browsers in *webkit*) need WebKitWebDriver webkit2gtk-driver; need Xvfb xvfb ;; esac
fi

if [ "$(id -u)" = 0 ]; then root=; else root=sudo; fi
if [ -n "$missing" ] && has apt-get && has ${root:-env}; then
  echo "setup: installing$missing"
  $root apt-get update -qq
  found=
  for package in $missing; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      found="$found $package"
    else
      echo "setup: there is no package $package here; going on without it"
      mkdir -p build && printf ' %s' "$package" >>$unknown
    fi
  done
  log=$(mktemp)
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $found >"$log" 2>&1 </dev/null || {
    tail -20 "$log" >&2
    fail "apt-get install failed (above: the end of $log)"
  }
  rm -f "$log"
elif [ -n "$missing" ]; then
  echo "setup: going on without$missing (Debian's names); to get them there: apt-get install --no-install-recommends$missing"
fi

has emcc || has "${emsdk:-none}" || fail "Emscripten is needed. To get one:" \
  "git clone https://github.com/emscripten-core/emsdk.git ~/emsdk" \
  "~/emsdk/emsdk install latest && ~/emsdk/emsdk activate latest" \
  ". ~/emsdk/emsdk_env.sh"
