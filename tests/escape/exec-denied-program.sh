#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: gcc python3
#
# kernel-notes.md P57 and P58, "Scripts": a denied program does not run by its name, a link, a hard link,
# a copy of the descriptor, as interpreter of a script, through ld.so, nor by execveat or PATH.
. "$TESTS/support/attack.sh"

mkdir tools
cp /bin/echo tools/denied
printf '#!%s/tools/denied\n' "$HOME/work" >script
printf '#!/bin/sh\n%s/tools/denied said\n' "$HOME/work" >caller
printf '#! ./script\n' >script2
chmod +x script caller script2
cp caller tools/denied-script
policy <<END
{"version": 1, "rules": [{"deny": "exec", "path": "$HOME/work/tools"}]}
END
ln -s tools/denied symlink
loader=$(find /lib64 -name 'ld-linux*' 2>/dev/null | head -n 1)
for command in 'tools/denied said' './symlink said' './script' './script2' './caller' \
	'PATH=$PWD/tools denied said' 'tools/denied-script' 'sh -c "exec tools/denied said"' \
	'exec 5<tools/denied; /proc/self/fd/5 said' 'cd tools && ./denied said' \
	'python3 -c "import os; os.execve(os.open(\"tools/denied\", os.O_PATH), [\"x\", \"said\"], {})"' \
	"$loader \$PWD/tools/denied said" "$loader --argv0 x tools/denied said" \
	'env tools/denied said' 'ln tools/denied hard && ./hard said' 'mv tools/denied m && ./m said'; do
	test_run in_sandbox bash -c "$command"
	grep -q said "$test_output" && { fail "should not run: $command"; test_show; }
	[ "$test_status" -ne 0 ] || { fail "should fail: $command"; test_show; }
done
