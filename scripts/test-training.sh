#!/usr/bin/env bash
# Installs what the training needs, into training/.venv and training/node_modules, and runs its tests.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -x training/.venv/bin/python ] || python3 -m venv training/.venv
training/.venv/bin/pip install --quiet --disable-pip-version-check -r training/requirements.txt
if [ ! training/.work/icons/icons.json -nt training/scenes/things.txt ]; then
  npm --prefix training ci --silent
  npm --prefix training run --silent icons
fi
training/.venv/bin/ruff check --quiet training
training/.venv/bin/ruff format --check --quiet training
training/.venv/bin/python -m unittest discover -t . -s training/tests
