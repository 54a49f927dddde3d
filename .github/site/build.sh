#!/usr/bin/env bash
# Build the course's website into _site/, from a clean checkout and the package registries alone.
#
#   bash .github/site/build.sh              the book, its ePub, and the lab, where all notebooks run in the browser
#   bash .github/site/build.sh --book-only  without the lab
#   python3 -m http.server -d _site         then shows it at http://localhost:8000
#
# It needs Python 3.11 or newer (PYTHON names another than python3) and no Node: MathJax comes in a package of PyPI.
# What it installs goes into build/site/, nothing into the course's own .venv. Both folders are ignored by git.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() { printf 'build.sh: %s\n' "$1" >&2; exit 1; }
lab=
case "${1-}" in
  "") if [ -f .github/site/lab.sh ]; then lab=yes; fi ;;
  --book-only) ;;
  *) fail "the one option is --book-only, not $1" ;;
esac
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "the site needs Python 3.11 or newer; PYTHON=… names one"

site=$PWD/_site work=$PWD/build/site here=$PWD/.github/site
# Exact versions stand in the requirements; bounds that somebody else has set for pip (CI does) belong to the course.
unset PIP_CONSTRAINT PYTHONPATH
# Sphinx's warnings count as errors below; those of Python about packages that are not ours do not.
export PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1
mkdir -p "$work"

# --- the tools, once for these requirements and this Python
have=$("$python" -VV; cat "$here/requirements.txt")
if [ "$(cat "$work/env/have" 2>/dev/null)" != "$have" ]; then
  echo "== the tools that build the book (about a minute the first time)"
  rm -rf "$work/env"
  "$python" -m venv "$work/env"
  "$work/env/bin/python" -m pip install -q --disable-pip-version-check -r "$here/requirements.txt"
  printf '%s\n' "$have" > "$work/env/have"
fi
bin=$work/env/bin

echo "== the source"
mark=$("$bin/python" "$here/source.py" --fingerprint)
rm -rf "$site" "$work/static"
mkdir -p "$work/static/mathjax/output/chtml/fonts" "$work/static/mathjax/input/tex"
"$bin/python" "$here/source.py" "$work/source" ${lab:+--lab}
mathjax=$("$bin/python" -c 'import mathjax; print(mathjax.__path__[0])')/static/mathjax/es5
cp "$mathjax/tex-chtml.js" "$work/static/mathjax/"
cp -R "$mathjax/output/chtml/fonts/woff-v2" "$work/static/mathjax/output/chtml/fonts/"
cp -R "$mathjax/input/tex/extensions" "$work/static/mathjax/input/tex/"
"$bin/python" "$here/frames.py" "$work"

echo "== the book"
# The trees of pages are kept for each builder on its own, for the pages differ; made anew, so that nothing old stays.
sphinx() { "$bin/python" -m sphinx -W --keep-going -q -E -c "$here" "$@"; }
rm -rf "$work/html" "$work/epub"
sphinx -b html -d "$work/trees/html" ${lab:+-t lab} "$work/source" "$work/html"
mv "$work/html" "$site"
echo "== the ePub"
sphinx -b epub -d "$work/trees/epub" -t epub_only "$work/source" "$work/epub"
cp "$work"/epub/*.epub "$site/"

if [ -n "$lab" ]; then
  echo "== the lab"
  bash "$here/lab.sh" "$site/lite"
fi
printf '%s\n' "$mark" > "$site/fingerprint.txt"
echo "The site is in _site/. To see it: python3 -m http.server -d _site, then http://localhost:8000"
