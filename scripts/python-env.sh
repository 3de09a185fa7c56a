#!/usr/bin/env bash
# Makes .venv, the Python that tests and checks run, from scripts/requirements.txt. Does nothing while it is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -x .venv/bin/python ] && cmp --silent scripts/requirements.txt .venv/requirements.txt; then exit 0; fi
python3 -m venv --clear .venv
.venv/bin/python -m pip install --quiet --no-deps --requirement scripts/requirements.txt
.venv/bin/python -m pip check
cp scripts/requirements.txt .venv/requirements.txt
