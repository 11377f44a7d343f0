# Where the scripts keep what does not belong into the checkout. Sourced, never run.
EXHIBIT_CACHE=${EXHIBIT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/exhibit}
EXHIBIT_VENV=${EXHIBIT_VENV:-$EXHIBIT_CACHE/venv}
export EXHIBIT_CACHE EXHIBIT_VENV
