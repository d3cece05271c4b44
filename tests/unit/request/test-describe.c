/* SPDX-License-Identifier: Apache-2.0 */
/* What a call means for the policy: verbs and objects. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "enforcer/request/describe.h"
#include "tests/support/check.h"
#include "tests/support/fake-view.h"
#include "tests/support/scratch.h"

#define R VERB_READ
#define W VERB_WRITE

static struct view *view;
static struct repositories *repositories;

static struct place place_of(const char *path, mode_t mode)
{
	static struct view_mount mount = {.kind = VIEW_MOUNT_FILES, .writable = true, .host = -1};
	struct place place = PLACE_NONE;

	place.kind = PLACE_VIEW;
	place.path = (char *)path;
	place.mount = &mount;
	/* Only looked at for whether something is there. */
	place.fd = mode ? 1000 : -1;
	place.stat.mode = mode;
	place.stat.dev = 1;
	place.stat.ino = 2;
	return place;
}

static void test_an_open_needs_what_its_flags_say(void)
{
	static const struct {
		uint64_t flags;
		bool exists;
		unsigned verbs;
	} cases[] = {
		{O_RDONLY, true, R},
		{O_WRONLY, true, W},
		{O_RDWR, true, R | W},
		{3, true, R | W},
		{O_RDONLY | O_TRUNC, true, R | W},
		{O_RDONLY | O_CREAT, true, R},
		{O_RDONLY | O_CREAT, false, R | W},
		{O_WRONLY | O_CREAT, false, W},
		{O_WRONLY | O_APPEND, true, W},
		{O_RDWR | O_TMPFILE, true, R | W},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct call call = {.kind = CALL_OPEN, .flags = cases[i].flags};
		struct place place = place_of("/nowhere/file", cases[i].exists ? S_IFREG : 0);
		struct request request = {};

		CHECK_INT(describe_files(&call, &place, repositories, view, &request), 0);
		CHECK_INT(request.n_objects, 1);
		CHECK_INT(request.objects[0].verbs, cases[i].verbs);
		CHECK_INT(request.objects[0].exists, cases[i].exists);
		request_done(&request);
	}
}

static void test_what_moves_is_read_and_written(void)
{
	static const struct {
		enum call_kind kind;
		unsigned flags, from, to;
		bool there;
	} cases[] = {
		{CALL_RENAME, 0, R | W, W, false},
		{CALL_RENAME, 0, R | W, W, true},
		{CALL_RENAME, 2 /* RENAME_EXCHANGE */, R | W, R | W, true},
		{CALL_LINK, 0, R | W, W, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct call call = {.kind = cases[i].kind, .flags = cases[i].flags};
		struct place places[2] = {place_of("/a", S_IFREG),
					  place_of("/b", cases[i].there ? S_IFREG : 0)};
		struct request request = {};

		CHECK_INT(describe_files(&call, places, repositories, view, &request), 0);
		CHECK_INT(request.n_objects, 2);
		CHECK_INT(request.objects[0].verbs, cases[i].from);
		CHECK_INT(request.objects[1].verbs, cases[i].to);
		request_done(&request);
	}
}

static void test_what_cannot_be_told_is_unknown(void)
{
	struct call call = {.kind = CALL_OPEN};
	struct place place = PLACE_NONE;
	struct request request = {};

	CHECK_INT(describe_files(&call, &place, repositories, view, &request), 0);
	CHECK_INT(request.objects[0].kind, OBJECT_UNKNOWN);
	request_done(&request);
	call = (struct call){
		.kind = CALL_CONNECT, .address.ss_family = AF_VSOCK, .address_len = 16};
	CHECK_INT(describe_address(&call, NULL, VERB_CONNECT, 0, &request), 0);
	CHECK_INT(request.objects[0].kind, OBJECT_UNKNOWN);
	request_done(&request);
}

static void test_no_request_has_more_objects_than_fit(void)
{
	struct place place = place_of("/a", S_IFREG);
	struct request request = {};

	for (int i = 0; i < REQUEST_OBJECTS_MAX; i++)
		CHECK_INT(describe_place(&place, R, repositories, view, &request), 0);
	CHECK_INT(describe_place(&place, R, repositories, view, &request), -E2BIG);
	request_done(&request);
}

static void test_addresses_have_one_form(void)
{
	static const struct {
		int family;
		const char *text;
		int canonical;
		bool loopback;
	} cases[] = {
		{AF_INET, "127.1.2.3", AF_INET, true},
		{AF_INET, "0.0.0.0", AF_INET, true},
		{AF_INET, "192.0.2.1", AF_INET, false},
		{AF_INET6, "::1", AF_INET6, true},
		{AF_INET6, "::", AF_INET6, true},
		{AF_INET6, "2001:db8::1", AF_INET6, false},
		{AF_INET6, "::ffff:127.0.0.1", AF_INET, true},
		{AF_INET6, "::ffff:192.0.2.1", AF_INET, false},
		{AF_INET6, "64:ff9b::192.0.2.1", AF_INET, false},
		{AF_INET6, "::2", AF_INET6, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct call call = {.kind = CALL_CONNECT};
		struct sockaddr_in *in = (struct sockaddr_in *)&call.address;
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&call.address;
		struct request request = {};
		bool four = cases[i].family == AF_INET;

		call.address.ss_family = (sa_family_t)cases[i].family;
		call.address_len = four ? sizeof(*in) : sizeof(*in6);
		CHECK_INT(inet_pton(cases[i].family, cases[i].text,
				    four ? (void *)&in->sin_addr : (void *)&in6->sin6_addr),
			  1);
		in->sin_port = htons(443);
		CHECK_INT(describe_address(&call, NULL, VERB_CONNECT, IPPROTO_TCP, &request), 0);
		CHECK_INT(request.objects[0].kind, OBJECT_INET);
		CHECK_INT(request.objects[0].endpoint.family, cases[i].canonical);
		CHECK_INT(request.objects[0].endpoint.loopback, cases[i].loopback);
		CHECK_INT(request.objects[0].endpoint.port, 443);
		request_done(&request);
		call.address_len = 4;
		CHECK_INT(describe_address(&call, NULL, VERB_CONNECT, IPPROTO_TCP, &request),
			  -EINVAL);
		request_done(&request);
	}
}

static void test_a_repository_made_here_is_known_by_its_inode(void)
{
	int fd;

	scratch_directory("old");
	scratch_directory("old/.git");
	scratch_directory("new");
	scratch_directory("new/.git");
	fd = open(scratch_path("new/.git"), O_PATH | O_CLOEXEC);
	CHECK(repository_name(".git") && repository_name("x.git") && !repository_name("git"));
	CHECK(!repository_name(".gitignore") && !repository_name("it"));
	repositories_note(repositories, fd, NULL);
	close(fd);
	/* The fake view's root is the scratch directory. */
	CHECK(repositories_made_here(repositories, view, "/new/.git/config"));
	CHECK(!repositories_made_here(repositories, view, "/old/.git/config"));
	CHECK(!repositories_made_here(repositories, view, "/new/file"));
	/* Not there yet: whoever makes it, makes it here. */
	CHECK(repositories_made_here(repositories, view, "/.git"));
	/* Moved away and another put in its place: that one stood before. */
	CHECK_INT(rename(scratch_path("new/.git"), scratch_path("away")), 0);
	CHECK_INT(rename(scratch_path("old/.git"), scratch_path("new/.git")), 0);
	CHECK(!repositories_made_here(repositories, view, "/new/.git/config"));
}

int main(void)
{
	scratch_make();
	view = fake_view_new(scratch);
	if (repositories_new(&repositories) < 0)
		return 1;
	RUN(test_an_open_needs_what_its_flags_say);
	RUN(test_what_moves_is_read_and_written);
	RUN(test_what_cannot_be_told_is_unknown);
	RUN(test_no_request_has_more_objects_than_fit);
	RUN(test_addresses_have_one_form);
	RUN(test_a_repository_made_here_is_known_by_its_inode);
	repositories_free(repositories);
	view_free(view);
	return check_summary();
}
