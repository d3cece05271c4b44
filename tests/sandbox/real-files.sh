#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The everyday tools on files: archives, copies, moves, searches, edits.
# needs: tar gzip perl rsync rg zip unzip patch diff find grep sed
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
mkdir -p tree/a/b tree/empty
for i in $(seq 200); do echo "line $i" >"tree/a/f$i"; done
head -c 300000 /dev/urandom | base64 >/dev/null
seq 20000 >tree/a/b/long
ln -s a tree/link
ln -s missing tree/dangling
ln tree/a/f1 tree/hard
mkfifo tree/fifo
chmod 600 tree/a/f2; chmod 755 tree/a/f3; chmod 700 tree/empty
touch -d '2001-02-03 04:05:06.789' tree/a/f4 tree/a/f2
touch -h -d '2001-02-03' tree/dangling
echo 'nl' >"tree/new
line"
echo 'bytes' >"tree/$(printf '\377\376')"

tar cf t.tar tree
tar czf t.tar.gz tree
mkdir x y
tar xf t.tar -C x
tar xpzf t.tar.gz -C y
stat -c '%Y %a' x/tree/a/f4 y/tree/a/f2
tar tf t.tar | wc -l
tar --delete -f t.tar tree/empty
tar uf t.tar tree/a/f1
rsync -a tree/ synced/
rsync -aHv --delete tree/ synced/ | tail -n 1 | cut -d ' ' -f 1-3
rsync -ac --exclude 'f1*' tree/ partly/
cp -a tree copied
cp -r --preserve=mode,timestamps tree/a copied-a
cp --reflink=auto tree/a/b/long reflinked
cp --sparse=always tree/a/b/long sparse
mkdir into
mv copied/a into/
mv copied/link copied/dangling into
mv -n tree/a/f5 into/a/f5
mv -T into moved
find tree -name 'f1?' | sort
find tree -type f -newer tree/a/f4 | wc -l
find tree -name 'f9?' -exec grep -l 'line 9' {} + | wc -l
find tree -name 'f8?' -delete
grep -r 'line 1' tree --exclude-dir=b --devices=skip | wc -l
rg --no-messages -c 'line' tree/a | wc -l
rg -j2 'line 42$' tree/a
sed -i 's/line/LINE/' tree/a/f1*
sed -i.orig 's/line/Line/' tree/a/f7
perl -pi -e 's/line/perl/' tree/a/f6
awk '{ n += $2 } END { print n }' tree/a/f2*
install -m 750 tree/a/f3 installed
install -D -m 644 tree/a/f3 deep/er/f3
install -d -m 711 made
cp tree/a/b/long edited && sed -i '100s/.*/changed/' edited
diff -u --label a --label b tree/a/b/long edited >p || true
patch -s tree/a/b/long <p && cmp tree/a/b/long edited
diff -rq tree synced 2>&1 | grep -v fifo | wc -l
zip -qry t.zip tree -x '*fifo*'
unzip -q t.zip -d unzipped && find unzipped | wc -l
split -l 5000 edited part. && cat part.* | cmp - edited
truncate -s 1M big && stat -c '%s' big
dd if=/dev/zero of=big bs=64k count=4 conv=notrunc,fsync status=none
fallocate -l 2M big2 && stat -c '%s' big2
sort -o sorted -R -S 1M edited && sort -n sorted | cmp - <(sort -n edited)
(umask 027; mkdir um; touch um/f; stat -c %a um um/f)
mktemp -d | grep -c '^/tmp/'
mktemp ./XXXXXX | wc -l
tee t1 t2 <edited >/dev/null && cmp t1 t2
ln -sf f1 tree/a/again && ln -sf f2 tree/a/again && readlink tree/a/again
realpath --relative-to=. tree/link/f1
xargs -n 1 -P 4 -I@ sh -c 'echo @ >px.@' < <(seq 40) && ls px.* | wc -l
ls -la tree | wc -l
du -s --apparent-size tree/a/b | cut -f 2
shasum tree/a/f6 | cut -c 1-8
rm -r y && rm -rf moved
flock lock true && echo locked
cat missing || true
rmdir tree 2>&1 || true
mkdir tree 2>&1 || true
chown "$(id -u):$(id -g)" tree/a/f2 && chgrp "$(id -g)" tree/a/f2
getconf PATH_MAX . >/dev/null
df . >/dev/null
END
same_trees ! -path './tree/fifo' ! -name '*.tar*' ! -name '*.zip' ! -name sorted ! -name '??????' \
	! -name tmp

# As root tar gives files back to their owners. Nobody else's id exists in the sandbox: it is what
# bubblewrap does with --cap-drop ALL.
if [ "$TEST_USER" = root ]; then
	mkdir owned && echo x >owned/f
	chown 12345:12345 owned/f
	tar cf owned.tar owned
	mkdir by-callgate by-bubblewrap
	test_run bwrap --bind / / --dev /dev --unshare-all --cap-drop ALL \
		tar xf owned.tar -C by-bubblewrap
	bwrap_status=$test_status
	test_run in_sandbox tar xf owned.tar -C by-callgate
	expect_equal "$test_status" "$bwrap_status"
	expect_equal "$(stat -c %u:%g by-callgate/owned/f)" "$(stat -c %u:%g by-bubblewrap/owned/f)"
	cat "$test_errors"
fi
