#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A configure script of the kind that autoconf writes: hundreds of small programs, here-documents,
# conftest files, config.status, out-of-tree build, make install into the workspace.
# needs: gcc make
# timeout: 180
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
cat >configure <<'C'
#! /bin/sh
test "${srcdir+set}" || srcdir=`dirname "$0"`
exec 5>config.log
exec 6>&1
cat >conftest.c <<_ACEOF
int main (void) { return 0; }
_ACEOF
rm -f core conftest.exe a.out
gcc conftest.c 2>&5 && ./a.out && echo "checking whether the C compiler works... yes" >&6
for header in stdio.h string.h sys/mman.h sys/epoll.h no-such-header.h pthread.h; do
	cat >conftest.c <<_ACEOF
#include <$header>
int main (void) { return 0; }
_ACEOF
	if gcc -c conftest.c 2>&5; then echo "checking for $header... yes" >&6
	else echo "checking for $header... no" >&6; fi
done
for function in memmem strlcpy no_such_function epoll_create1 getrandom; do
	printf 'char %s(); int main (void) { return %s(); }\n' $function $function >conftest.c
	if gcc -w -o conftest conftest.c 2>&5; then echo "checking for $function... yes" >&6
	else echo "checking for $function... no" >&6; fi
done
ln -s conftest.c conftest.sym && echo "checking whether ln -s works... yes" >&6
ln conftest.c conftest.hard && echo "checking whether ln works... yes" >&6
if (umask 077; mkdir conftest.dir && : >conftest.dir/file); then
	ls -ld conftest.dir | cut -c 1-10 >&6
fi
chmod a-w conftest.c && mv -f conftest.hard conftest.c
rm -rf conftest*  a.out
sleepless=`mktemp -d ./confXXXXXX` && rmdir $sleepless
cat >config.status <<_ACEOF
#! /bin/sh
sed -e "s|@srcdir@|$srcdir|" $srcdir/Makefile.in >Makefile
_ACEOF
chmod +x config.status
./config.status && echo "config.status: creating Makefile" >&6
C
chmod +x configure
printf 'all: ; gcc -o hello @srcdir@/hello.c\ninstall: all\n\tinstall -d $(DESTDIR)/bin\n\tinstall -m 755 hello $(DESTDIR)/bin\n' >Makefile.in
echo 'int puts(const char *); int main(void) { puts("hello"); return 0; }' >hello.c
mkdir out && cd out
../configure
make -s
make -s install DESTDIR="$PWD/root"
root/bin/hello
END
same_trees ! -name config.log
