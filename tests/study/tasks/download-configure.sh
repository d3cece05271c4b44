# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Fetch wordfreq 1.4 from downloads.example, verify it, build it into ./local and count poem.txt
# kind: ordinary
# needs: curl make gcc tar xz
# why: a tool that is not packaged is fetched, verified and built, as its page says

prepare() {
	place=$(mktemp -d)
	mkdir "$place/wordfreq-1.4"
	cat >"$place/wordfreq-1.4/configure" <<'END'
#!/bin/sh
# configure: as autoconf's, only shorter
prefix=/usr/local
for argument; do
	case $argument in
	--prefix=*) prefix=${argument#--prefix=} ;;
	*) echo "configure: unknown: $argument" >&2; exit 1 ;;
	esac
done
CC=${CC:-cc}
printf 'checking whether the C compiler works... '
echo 'int main(void) { return 0; }' >conftest.c
$CC -o conftest conftest.c && ./conftest || { echo no; exit 1; }
echo yes
for function in strcasecmp qsort_r strlcpy; do
	printf 'checking for %s... ' $function
	printf 'char %s();\nint main(void) { return %s(); }\n' $function $function >conftest.c
	name=HAVE_$(echo $function | tr a-z A-Z)
	if $CC -w -o conftest conftest.c 2>/dev/null; then echo yes; echo "#define $name 1"  >>config.new
	else echo no; echo "/* #undef $name */" >>config.new; fi
done
mv config.new config.h
rm -f conftest conftest.c
sed -e "s,@prefix@,$prefix," -e "s,@CC@,$CC," Makefile.in >Makefile
echo 'configure: creating Makefile, config.h'
END
	chmod 755 "$place/wordfreq-1.4/configure"
	cat >"$place/wordfreq-1.4/Makefile.in" <<'END'
prefix = @prefix@
CC = @CC@
wordfreq: wordfreq.c config.h
	$(CC) -O1 -o $@ wordfreq.c
install: wordfreq
	install -d $(prefix)/bin $(prefix)/share/man/man1
	install -m 755 wordfreq $(prefix)/bin
	install -m 644 wordfreq.1 $(prefix)/share/man/man1
END
	echo '.TH WORDFREQ 1' >"$place/wordfreq-1.4/wordfreq.1"
	cat >"$place/wordfreq-1.4/wordfreq.c" <<'END'
#include "config.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct { char word[32]; int count; } words[4096];

int main(void)
{
	char word[32];
	int n = 0, best = 0;

	while (scanf("%31s", word) == 1) {
		int i = 0;

		for (char *c = word; *c; c++)
			*c = tolower((unsigned char)*c);
		while (i < n && strcmp(words[i].word, word) != 0)
			i++;
		if (i == n && n < 4096)
			strcpy(words[n++].word, word);
		words[i].count++;
	}
	for (int i = 0; i < n; i++)
		if (words[i].count > words[best].count)
			best = i;
	printf("%s %d\n", words[best].word, words[best].count);
	return 0;
}
END
	tar cJf "$place/wordfreq-1.4.tar.xz" -C "$place" wordfreq-1.4
	(cd "$place" && sha256sum wordfreq-1.4.tar.xz) >"$place/SHA256SUMS"
	site downloads.example wordfreq/wordfreq-1.4.tar.xz <"$place/wordfreq-1.4.tar.xz"
	site downloads.example wordfreq/SHA256SUMS <"$place/SHA256SUMS"
	rm -rf "$place"
	printf 'The sea and the sand and the wind\nand the gull\n' >poem.txt
}

run() {
	step 'curl -fsSLO http://downloads.example/wordfreq/wordfreq-1.4.tar.xz'
	step 'curl -fsSL http://downloads.example/wordfreq/SHA256SUMS | sha256sum -c -'
	step 'tar xf wordfreq-1.4.tar.xz && ls wordfreq-1.4'
	step 'cd wordfreq-1.4 && ./configure --prefix="$PWD/../local"'
	step 'cd wordfreq-1.4 && make && make install'
	step 'find local -type f | xargs ls -l'
	step './local/bin/wordfreq < poem.txt | tee most.txt'
}

check() {
	[ "$(./local/bin/wordfreq <poem.txt)" = 'the 4' ]
	[ "$(cat most.txt)" = 'the 4' ]
	[ -f local/share/man/man1/wordfreq.1 ]
}
