# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Write and apply the migration that splits the name column
# kind: ordinary
# needs: sqlite3

prepare() {
	mkdir migrations
	echo 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); PRAGMA user_version = 1;' >migrations/001-people.sql
	sqlite3 app.db <migrations/001-people.sql
	sqlite3 app.db "INSERT INTO people (name) VALUES ('Ada Lovelace'), ('Charles Babbage')"
	cat >migrate.sh <<'END'
#!/bin/sh
# Applies what is newer than the database.
version=$(sqlite3 app.db 'PRAGMA user_version')
for file in migrations/*.sql; do
	number=$(basename "$file" | cut -c1-3 | sed 's/^0*//')
	[ "$number" -le "$version" ] || sqlite3 -bail app.db <"$file" || exit 1
done
END
	chmod +x migrate.sh
}

run() {
	step 'cat migrate.sh migrations/*.sql'
	step 'sqlite3 app.db .schema "select * from people"'
	step 'cp app.db app.db.backup'
	edit migrations/002-names.sql <<'END'
BEGIN;
ALTER TABLE people ADD COLUMN given TEXT;
ALTER TABLE people ADD COLUMN family TEXT;
UPDATE people SET given = substr(name, 1, instr(name, ' ') - 1), family = substr(name, instr(name, ' ') + 1);
ALTER TABLE people DROP COLUMN name;
PRAGMA user_version = 2;
COMMIT;
END
	step './migrate.sh'
	step 'sqlite3 -header app.db "select * from people; pragma user_version"'
}

check() {
	[ "$(sqlite3 app.db "select family from people where given = 'Ada'")" = Lovelace ]
	[ "$(sqlite3 app.db 'pragma user_version')" = 2 ]
	[ "$(sqlite3 app.db.backup 'select count(*) from people where name is not null')" = 2 ]
}
