# zsh -f offered-by-zsh.zsh SCRIPT LINE: after SCRIPT, what zsh offers for LINE, a word a line, by completing it in a terminal.
setopt extended_glob
zmodload zsh/zpty
zpty terminal zsh -f -i
zpty -w terminal "PROMPT=; autoload -U compinit && compinit -u -D; source $1; bindkey '^I' complete-word
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
    local -a offered; builtin compadd -O offered \"\$@\"; print; print -rl -- '<'\${^offered}'>'
  fi
  builtin compadd \"\$@\"
}
at_end() { print; print '<<''end>>' }; comppostfuncs=(at_end); print 'it is ''ready'"
while zpty -r terminal line; do [[ $line == *'it is ready'* ]] && break; done
zpty -w -n terminal "$2"$'\t'
while zpty -r terminal line && [[ $line != *'<<end>>'* ]]; do
  [[ ${line%$'\r\n'} == (#b)'<'(*)'>' ]] && print -r -- $match[1]
done
zpty -d terminal
