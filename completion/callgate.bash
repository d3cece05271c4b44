# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Completion of callgate for bash. Commands and options are asked of callgate's own help, names of
# questions, grants and runs of what runs now: nothing here has to be kept up to date.

# _callgate_words KIND [COMMAND]: a word a line
_callgate_words() {
	case $1 in
	commands) callgate help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p' ;;
	options) callgate help "$2" 2>/dev/null | sed -n 's/^  \(-[a-z-]*\).*/\1/p' ;;
	questions) callgate pending 2>/dev/null | sed -n 's/^question \([0-9a-z]*\/*[0-9][0-9]*\)\(, .* left\)*$/\1/p' ;;
	grants) callgate grants 2>/dev/null | sed -n 's/^\([0-9a-z]*\/*[0-9][0-9]*\)\t.*/\1/p' ;;
	runs) callgate runs 2>/dev/null | cut -f1 ;;
	esac
}

# _callgate_value COMMAND OPTION: the words that may stand behind it; status 1: it takes none
_callgate_value() {
	case $2 in
	--run) _callgate_words runs ;;
	--scope) printf '%s\n' same file dir tree host command program ;;
	--for) printf '%s\n' 10m 1h 1d ;;
	--profile) printf '%s\n' agent offline observe ;;
	--policy | --audit | --json) [ "$1" = run ] || [ "$1" = explain ] || return 1 ;;
	--add-dir | --read | --allow-host | --allow-loopback | --publish | --reason | --argument) ;;
	*) return 1 ;;
	esac
}

_callgate() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
	local i words

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_callgate_words commands)" -- "$word")
		return
	fi
	# Behind "--" stands another program, with its own words.
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [ "$command" = run ] && [ "${COMP_WORDS[i]}" = -- ]; then
			if [ "$i" -eq $((COMP_CWORD - 1)) ]; then
				mapfile -t COMPREPLY < <(compgen -c -- "$word")
			else
				compopt -o default 2>/dev/null
			fi
			return
		fi
	done
	if words=$(_callgate_value "$command" "$before"); then
		compopt -o default 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
		return
	fi
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_callgate_words options "$command")" -- "$word")
		return
	fi
	case $command in
	allow | deny) words=$(_callgate_words questions) ;;
	revoke) words=$(_callgate_words grants) ;;
	audit) words= && { [ "$COMP_CWORD" -eq 2 ] && words='verify tidy' || compopt -o default 2>/dev/null; } ;;
	policy) [ "$COMP_CWORD" -eq 2 ] && words='reload add list remove' || words=$(_callgate_words runs) ;;
	grant) words="$(_callgate_words runs) read write exec connect" && compopt -o default 2>/dev/null ;;
	explain) words='read write exec connect listen' ;;
	help) words=$(_callgate_words commands) ;;
	watch | web) words= ;;
	*) words= && compopt -o default 2>/dev/null ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _callgate callgate
