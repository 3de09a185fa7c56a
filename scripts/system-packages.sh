#!/usr/bin/env bash
# Installs the programs that the end-to-end tests start and neither npm nor PyPI brings. For root on Debian.
set -euo pipefail

missing=()
for program in chromium redis-server; do
  command -v "$program" >/dev/null || missing+=("$program")
done
# Debian's python3 comes without what `python3 -m venv` needs.
python3 -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("ensurepip") is None)' || missing+=(python3-venv)

if [ ${#missing[@]} -eq 0 ]; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "${missing[@]}"
