#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Guards of more than one component (.claude/settings.json, .git/modules/**/hooks) are judged by the name
# of the thing that moves, or of the link: what lies below arrives unjudged.
# run in a workspace where .claude, .cursor, .gemini do not exist, and .git stood before
echo "== direct:"; mkdir .claude && echo x > .claude/settings.json; rmdir .claude
echo "== rename of a directory:"
mkdir x && echo '{"hooks":"evil"}' > x/settings.json && mv -T x .claude && ls -l .claude/settings.json
python3 -c 'import os; os.mkdir("x2"); open("x2/mcp.json","w").write("evil"); os.rename("x2",".cursor"); print(open(".cursor/mcp.json").read())'
echo "== symlink:"
mkdir g && ln -s g .gemini && echo evil > .gemini/settings.json && ls -l .gemini/settings.json
echo "== hooks in a repository that stood before (.git/modules):"
python3 - <<'P'
import os
os.makedirs("m/sub/hooks"); open("m/sub/hooks/post-checkout","w").write("#!/bin/sh\necho evil\n"); os.chmod("m/sub/hooks/post-checkout",0o755)
open("m/sub/config","w").write("[core]\n\tfsmonitor=evil\n")
try:
    os.makedirs(".git/modules/sub2/hooks"); print("direct: BAD")
except OSError as e: print("direct:", e)
os.makedirs(".git/modules", exist_ok=True)
os.rename("m/sub",".git/modules/sub"); print("renamed:", os.listdir(".git/modules/sub/hooks"), open(".git/modules/sub/config").read())
P
echo "== a repository of our own by symlink and by another name: what does the end of the run list?"
mkdir -p r/hooks nested nested2 && printf '#!/bin/sh\necho evil\n' > r/hooks/post-checkout && chmod +x r/hooks/post-checkout && printf '[core]\n\tfsmonitor = evil\n' > r/config
ln -s ../r nested/.git
mkdir -p z.git/hooks && cp r/config z.git/ && cp -p r/hooks/post-checkout z.git/hooks/ && mv -T z.git nested2/.git; ls -l nested/.git/config nested2/.git/config
