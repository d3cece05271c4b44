#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# Issue, part 5: in a repository that stood before, a hook that is not there cannot be made by open,
# mkdir, rename, link, symlink or mknod, and no ghost of it appears on the host; .git does not go away.
. "$TESTS/support/attack.sh"

git init -q .
rm -rf .git/hooks
echo '#!/bin/sh' >hook
before=$(find .git | sort)
config=$(cat .git/config)
for command in 'mkdir -p .git/hooks && cp hook .git/hooks/pre-commit' 'mkdir .git/hooks' \
	'mkdir h && mv hook h/pre-commit && mv -T h .git/hooks' 'ln -s ../h .git/hooks' \
	'mkfifo .git/hooks' 'touch .git/hooks' 'ln hook .git/hooks' \
	'mv .git away' 'mkdir n && mv .git n/' 'rm -rf .git/config' 'echo x >>.git/config' \
	'git config core.fsmonitor /bin/x' 'git config core.hooksPath .' 'mv .git/config .git/c' \
	'cp hook .git/config.worktree' 'ln -s x .git/config.worktree' \
	'echo /x >.git/commondir' 'cp -r .git g && mv -T g .git'; do
	rm -rf h n g away
	echo '#!/bin/sh' >hook
	expect_fail in_sandbox bash -c "$command"
	expect_equal "$(find .git | sort)" "$before"
	expect_equal "$(cat .git/config)" "$config"
done
expect_output "no" agent <<'END'
os.mkdir("other.d")
said = [system_call("renameat2", AT_FDCWD, b".git", AT_FDCWD, b"other.d", 2),
        system_call("renameat2", AT_FDCWD, b"other.d", AT_FDCWD, b".git", 2),
        system_call("rename", b".git", b"x.d")]
say("made" if "ok" in said else "no")
END
expect_equal "$(find .git | sort)" "$before"
git status >/dev/null || fail "the repository should be whole"
