# SPDX-License-Identifier: Apache-2.0
#
# Completion of callgate for fish: asked of callgate itself, as that for bash.

function __callgate_commands
    callgate help 2>/dev/null | string replace -rf '^  ([a-z-]+) +(.*)' '$1\t$2'
end

function __callgate_options
    set -l words (commandline -opc)
    callgate help $words[2] 2>/dev/null | string replace -rf '^  (-[a-z-]+).*' '$1'
end

function __callgate_needs_command
    test (count (commandline -opc)) -eq 1
end

function __callgate_has_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

complete -c callgate -n __callgate_needs_command -f -a '(__callgate_commands)'
complete -c callgate -n 'not __callgate_needs_command' -a '(__callgate_options)'
complete -c callgate -n '__callgate_has_command allow deny' -f \
    -a "(callgate pending 2>/dev/null | string replace -rf '^question ([0-9a-z]*/?[0-9]+)(, .* left)?\$' '\$1')"
complete -c callgate -n '__callgate_has_command revoke' -f \
    -a "(callgate grants 2>/dev/null | string replace -rf '^([^\t]+)\t.*' '\$1')"
complete -c callgate -n '__callgate_has_command allow deny grant' -l scope -x \
    -a 'same file dir tree host command program'
complete -c callgate -n '__callgate_has_command pending grants allow deny revoke' -l run -x \
    -a "(callgate runs 2>/dev/null | cut -f1)"
complete -c callgate -n '__callgate_has_command grant' -a 'read write exec connect'
complete -c callgate -n '__callgate_has_command explain' -f -a 'read write exec connect listen'
complete -c callgate -n '__callgate_has_command audit' -a 'verify tidy'
complete -c callgate -n '__callgate_has_command watch web' -f
complete -c callgate -n '__callgate_has_command policy' -f -a 'reload add list remove'
complete -c callgate -n '__callgate_has_command help' -f -a '(__callgate_commands)'
