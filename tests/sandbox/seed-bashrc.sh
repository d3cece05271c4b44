#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, "What it must show": ~/.bashrc cannot be written: by its name, through a link in the
# workspace that points there, by rename or by removing it; and is not made where it is not.
. "$TESTS/support/sandbox.sh"

echo mine >"$HOME/.bashrc"
ln -s ../.bashrc link
ln -s .. up
ln -s "$HOME/.profile" dangling
for command in 'echo x >>~/.bashrc' 'echo x >link' 'echo x >up/.bashrc' 'rm ~/.bashrc' \
	'mv ~/.bashrc ~/work/b' 'echo x >new; mv new ~/.bashrc' 'chmod 777 link' 'touch -d @1 link' \
	'truncate -s 0 up/.bashrc' 'ln ~/.bashrc hard && echo x >>hard' 'echo x >dangling' \
	'echo x >~/.profile' 'cp /bin/true ~/.bashrc' 'ln -sf /etc/passwd ~/.bashrc' \
	'sed -i s/mine/x/ ~/.bashrc' 'mkdir ~/.zshrc' 'mkfifo ~/.zshrc'; do
	before=$(stat -c '%i %a %s %Y' "$HOME/.bashrc")
	expect_fail in_sandbox bash -c "$command"
	expect_equal "$(stat -c '%i %a %s %Y' "$HOME/.bashrc")" "$before"
done
expect_file "$HOME/.bashrc" mine
expect_no_file "$HOME/.profile"
expect_no_file "$HOME/.zshrc"
expect_no_file "$HOME/work/b"
