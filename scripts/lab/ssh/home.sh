# The home that a login over SSH finds in the laboratory: bash with a prompt that says where it is. Sourced, never run.
#
#   ssh_home [line ...]      writes $LAB/home; the lines are for its .bash_profile
ssh_home() {
  mkdir -p "$LAB/home/releases/42" "$LAB/home/logs"
  cat >"$LAB/home/.bash_profile" <<'RC'
cd
PS1='app:\w$ '
HISTFILE=~/.history
unset PROMPT_COMMAND MAILCHECK
export LESSHISTFILE=- EDITOR=vim PSQL_HISTORY=/dev/null PSQLRC=/dev/null
RC
  printf '%s\n' "$@" >>"$LAB/home/.bash_profile"
  printf 'set nocompatible noswapfile viminfo= shortmess+=I\n' >"$LAB/home/.vimrc"
  printf 'listen = 8080\ndatabase = db01.shop.example\n' >"$LAB/home/shop.conf"
  seq -f 'request %g answered' 1 120 >"$LAB/home/logs/shop-api.log"
}
