# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: New messages came in: bring the French translation up to date
# kind: ordinary
# needs: python3 msgfmt xgettext msgmerge
# why: messages are extracted, merged, translated and compiled

prepare() {
	mkdir -p po
	cat >tea.py <<'END'
"""Says when tea is ready."""
import gettext
import sys

_ = gettext.translation("tea", "locale", fallback=True).gettext
ngettext = gettext.translation("tea", "locale", fallback=True).ngettext


def main(minutes):
    if minutes == 0:
        print(_("Tea is ready."))
    else:
        print(ngettext("Wait %d minute.", "Wait %d minutes.", minutes) % minutes)
    print(_("Enjoy!"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
END
	cat >po/fr.po <<'END'
msgid ""
msgstr ""
"Project-Id-Version: tea 1\n"
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgid "Tea is ready."
msgstr "Le thé est prêt."
END
	cat >make-translations.sh <<'END'
#!/bin/sh
# po/LANGUAGE.po to locale/LANGUAGE/LC_MESSAGES/tea.mo
for po in po/*.po; do
	language=$(basename "$po" .po)
	mkdir -p "locale/$language/LC_MESSAGES"
	msgfmt -c -o "locale/$language/LC_MESSAGES/tea.mo" "$po" || exit 1
done
END
	chmod 755 make-translations.sh
}

run() {
	step 'cat tea.py po/fr.po make-translations.sh'
	step 'xgettext --from-code=UTF-8 -L Python --keyword=_ -o po/tea.pot tea.py && msgmerge --no-fuzzy-matching -U po/fr.po po/tea.pot && msgfmt --statistics -o /dev/null po/fr.po'
	step 'cat po/fr.po'
	edit fill.py <<'END'
"""Fills in what po/fr.po lacks."""
import re

FRENCH = {"Enjoy!": 'msgstr "Bonne dégustation !"',
          "Wait %d minute.": 'msgstr[0] "Attendez %d minute."\nmsgstr[1] "Attendez %d minutes."'}
text = open("po/fr.po", encoding="utf-8").read()
for english, french in FRENCH.items():
    text, count = re.subn(rf'(msgid "{re.escape(english)}"\n(?:msgid_plural .*\n)?)(?:msgstr.*\n)+',
                          lambda found: found[1] + french + "\n", text)
    assert count == 1, english
open("po/fr.po", "w", encoding="utf-8").write(text)
END
	step 'python3 fill.py && rm fill.py && msgfmt --statistics -o /dev/null po/fr.po'
	step './make-translations.sh && ls -R locale'
	step 'for n in 0 1 5; do LANGUAGE=fr python3 tea.py $n; done'
}

check() {
	[ "$(LANGUAGE=fr python3 tea.py 5)" = "$(printf 'Attendez 5 minutes.\nBonne dégustation !')" ]
	[ "$(LANGUAGE=fr python3 tea.py 1 | head -1)" = 'Attendez 1 minute.' ]
	[ "$(LANGUAGE=fr python3 tea.py 0 | head -1)" = 'Le thé est prêt.' ]
}
