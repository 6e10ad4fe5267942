#!/usr/bin/env bash
# `make check-deploy` runs nginx and asks systemd about the units. Install Debian's packages when
# they are missing and we may. Debian starts nginx when it installs it; we start our own.
set -eu
PATH=$PATH:/usr/sbin
missing=()
command -v nginx >/dev/null || missing+=(nginx)
command -v systemd-analyze >/dev/null || missing+=(systemd)
if [ ${#missing[@]} = 0 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's ${missing[*]} for the check …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "The check needs these packages: ${missing[*]}. Install them, then run this again."
exit 1
