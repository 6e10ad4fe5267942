#!/usr/bin/env bash
# The end-to-end tests drive the system's Chromium. Install Debian's when it is missing and we may.
set -eu
# The ledger's tests ask a time stamping authority that is made of the openssl command.
if ! command -v openssl >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openssl >/dev/null
  else
    echo "The ledger's tests need the openssl command: install the package 'openssl'."
    exit 1
  fi
fi
if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then exit 0; fi
if [ -x /usr/bin/chromium ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium and a Chinese font for the browser tests …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
  exit 0
fi
echo "The browser tests need Chromium: install the package 'chromium' (Debian, Ubuntu) and"
echo "'fonts-noto-cjk', or set CHROMIUM to the program's path, then run this again."
exit 1
