#!/usr/bin/env bash
# Build the lab: JupyterLite with the ten notebooks as they are, whose Python runs in the reader's own browser.
#
#   bash .github/site/lab.sh FOLDER
#
# LAB_PYODIDE says where Python for the browser comes from:
#
#   fixture   (if it is not set) Pyodide 0.27.7 with NumPy and matplotlib, out of a package of PyPI. Nothing but package
#             registries is needed, and the lab asks no other host. This is what is tested on any computer.
#   current   Pyodide 314.0.6, from its own CDN. Only the workflow that publishes the site builds it (pages.yml), and
#             tests it there. It needs Python 3.12 or newer.
#
# What it fetches goes into LAB_CACHE (build/lab if it is not set), outside of git, and is fetched once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() { printf 'lab.sh: %s\n' "$1" >&2; exit 1; }
[ $# = 1 ] || fail "name the folder that the lab is to be built into"
out=$(mkdir -p "$1" && cd "$1" && pwd)
kind=${LAB_PYODIDE:-fixture}
case $kind in
  fixture) needs='(3, 11)' ;;
  current) needs='(3, 12)' ;;  # on 3.11 pip would take older versions without a word
  *) fail "LAB_PYODIDE is fixture or current, not $kind" ;;
esac
python=${PYTHON:-python3}
"$python" -c "import sys; sys.exit(sys.version_info < $needs)" \
  || fail "$("$python" --version) is too old for LAB_PYODIDE=$kind; PYTHON=… names another"

here=$PWD/.github/site/lab
mkdir -p "${LAB_CACHE:-build/lab}"
cache=$(cd "${LAB_CACHE:-build/lab}" && pwd)
unset PIP_CONSTRAINT PYTHONPATH  # bounds that somebody else has set for pip belong to the course
export PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1

# The tools, once for these requirements and this Python. What is installed beside them would be copied into the lab.
env=$cache/env-$kind
have=$("$python" -VV; cat "$here/requirements-$kind.txt")
if [ "$(cat "$env/have" 2>/dev/null)" != "$have" ]; then
  echo "the tools that build the lab (half a minute the first time)"
  rm -rf "$env"
  "$python" -m venv "$env"
  "$env/bin/python" -m pip install -q --disable-pip-version-check -r "$here/requirements-$kind.txt"
  printf '%s\n' "$have" > "$env/have"
fi
exec "$env/bin/python" "$here/build.py" "$kind" "$cache" "$out"
