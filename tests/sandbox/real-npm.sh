#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# npm without a network: init, pack, install of a local package with a script and a program, run.
# needs: node npm
# timeout: 240
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
exec 2>errors
mkdir library application
cd library
npm init -y >/dev/null
printf '#!/usr/bin/env node\nconsole.log("the tool ran");\n' >tool.js
echo 'module.exports = 42;' >index.js
npm pkg set bin.the-tool=tool.js scripts.postinstall='node -e "require(\"fs\").writeFileSync(\"installed\",\"\")"'
npm pack --silent
cd ../application
npm init -y >/dev/null
npm install --offline --no-audit --no-fund --no-progress ../library/library-1.0.0.tgz | sed 's/in .*//'
node -p 'require("library")'
ls node_modules/library/installed
npx --offline the-tool
npm pkg set scripts.test='the-tool && node -p 1+1'
npm --silent test
npm ls | tail -n 2
npm run --silent no-such-script >/dev/null || echo "status $?"
rm -r node_modules
npm ci --offline --no-audit --no-fund | sed 's/in .*//'
ls node_modules
END
same_trees ! -name errors
