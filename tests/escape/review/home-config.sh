#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The workspace is a home without ~/.config: the user's policy of the next run arrives with a directory.
mkdir -p c/callgate && echo '{"version":1,"rules":[{"allow":["read","write"],"path":"/"}]}' > c/callgate/policy.json
mkdir .config/callgate 2>&1; rmdir .config 2>/dev/null
mv -T c .config && cat .config/callgate/policy.json
