/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doctor makes of machines that this one is not: the probe results are made by hand, so
 * these tests prove the words and the levels for WSL 2, AppArmor, Yama and old kernels, and nothing
 * about those machines themselves.
 */
#include <errno.h>
#include <string.h>

#include "enforcer/commands/doctor-judge.h"
#include "tests/support/check.h"

/* A machine on which everything works. */
static struct probe_results healthy(void)
{
	struct probe_results results = {.facts = {false, -1, 15000, -1, 1, 0}};

	for (int i = 0; i < PROBE_COUNT; i++)
		results.result[i].outcome = PROBE_WORKS;
	results.result[PROBE_KERNEL].value = 6 << 16 | 12;
	strcpy(results.result[PROBE_KERNEL].text, "6.12.1-amd64");
	results.result[PROBE_BWRAP].value = 8000;
	strcpy(results.result[PROBE_BWRAP].text, "bubblewrap 0.8.0");
	results.result[PROBE_LANDLOCK].value = 6;
	results.result[PROBE_DESCRIPTORS].value = 1048576;
	results.result[PROBE_LOCKED_MEMORY].value = 8192;
	return results;
}

static void fails(struct probe_results *results, enum probe probe, int error, const char *step)
{
	struct probe_result *result = &results->result[probe];

	*result = (struct probe_result){.outcome = PROBE_FAILS, .error = error};
	snprintf(result->step, sizeof(result->step), "%s", step);
}

/* seen and remedy: a part of the text, NULL for an empty one. */
static void check_finding(const struct probe_results *results, enum probe probe,
			  enum doctor_level level, const char *seen, const char *remedy)
{
	struct doctor_finding finding;

	doctor_judge(results, probe, &finding);
	CHECK_STRING(doctor_level_name(finding.level), doctor_level_name(level));
	if (!strstr(finding.seen, seen))
		CHECK_STRING(finding.seen, seen);
	if (!remedy)
		CHECK_STRING(finding.remedy, "");
	else if (!strstr(finding.remedy, remedy))
		CHECK_STRING(finding.remedy, remedy);
}

static void test_a_healthy_machine_has_nothing_to_mend(void)
{
	struct probe_results results = healthy();

	for (int i = 0; i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		doctor_judge(&results, (enum probe)i, &finding);
		CHECK_INT(finding.level, DOCTOR_OK);
		CHECK_STRING(finding.remedy, "");
		CHECK(finding.name && finding.seen[0]);
	}
}

static void test_what_was_not_tried_is_no_success(void)
{
	struct probe_results results = {};

	for (int i = 0; i < PROBE_COUNT; i++) {
		struct doctor_finding finding;

		doctor_judge(&results, (enum probe)i, &finding);
		CHECK(finding.level != DOCTOR_OK);
	}
}

static void test_every_failure_has_words_and_a_remedy(void)
{
	static const int errors[] = {0, EPERM, EACCES, ENOSYS, EINVAL, EBUSY, ENOSPC, ENOMEM};

	for (int i = 0; i < PROBE_COUNT; i++) {
		if (i == PROBE_DESCRIPTORS || i == PROBE_LOCKED_MEMORY)
			continue; /* getrlimit does not fail */
		for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
			struct probe_results results = healthy();
			struct doctor_finding finding;

			fails(&results, (enum probe)i, errors[e], "the step");
			doctor_judge(&results, (enum probe)i, &finding);
			CHECK(finding.level != DOCTOR_OK);
			CHECK(finding.seen[0]);
			CHECK(finding.remedy[0]);
			CHECK((doctor_required() & 1u << i) == 0 || finding.level == DOCTOR_FAIL);
		}
	}
}

static void test_injected_wsl2_is_told_from_a_nested_listener(void)
{
	struct probe_results results = healthy();

	fails(&results, PROBE_LISTENER, EBUSY, "seccomp(NEW_LISTENER)");
	fails(&results, PROBE_ADDFD, EBUSY, "seccomp(NEW_LISTENER)");
	check_finding(&results, PROBE_LISTENER, DOCTOR_FAIL, "a listener stands above",
		      "start it on the host");
	check_finding(&results, PROBE_ADDFD, DOCTOR_FAIL, "busy", "see seccomp listener");
	strcpy(results.result[PROBE_KERNEL].text, "6.6.87.2-microsoft-standard-WSL2");
	check_finding(&results, PROBE_LISTENER, DOCTOR_FAIL, "WSL", "virtual machine");
}

static void test_injected_settings_against_user_namespaces_are_named(void)
{
	struct probe_results results = healthy();

	fails(&results, PROBE_USER_NAMESPACE, EPERM, "/proc/self/uid_map");
	fails(&results, PROBE_MOUNT_NAMESPACE, EPERM, "/proc/self/uid_map");
	check_finding(&results, PROBE_MOUNT_NAMESPACE, DOCTOR_FAIL, "uid_map",
		      "see user namespace");
	check_finding(&results, PROBE_USER_NAMESPACE, DOCTOR_FAIL, "uid_map", "container");
	results.facts.apparmor_userns = 1;
	check_finding(&results, PROBE_USER_NAMESPACE, DOCTOR_FAIL, "AppArmor",
		      "/etc/apparmor.d/callgate");
	results.facts.max_namespaces = 0;
	check_finding(&results, PROBE_USER_NAMESPACE, DOCTOR_FAIL, "user.max_user_namespaces is 0",
		      "sysctl -w user.max_user_namespaces");
	results.facts.userns_clone = 0;
	check_finding(&results, PROBE_USER_NAMESPACE, DOCTOR_FAIL, "unprivileged_userns_clone is 0",
		      "sysctl -w kernel.unprivileged_userns_clone=1");
}

static void test_injected_yama_scopes_are_told_apart(void)
{
	struct probe_results results = healthy();

	check_finding(&results, PROBE_PTRACE, DOCTOR_OK, "ptrace_scope 1", NULL);
	results.facts.yama = 2;
	/* The owner of a namespace may have the right that Yama 2 asks for. */
	check_finding(&results, PROBE_PTRACE, DOCTOR_OK, "ptrace_scope 2", NULL);
	fails(&results, PROBE_PTRACE, EPERM, "PTRACE_SEIZE");
	check_finding(&results, PROBE_PTRACE, DOCTOR_FAIL, "ptrace_scope is 2",
		      "sysctl -w kernel.yama.ptrace_scope=1");
	results.facts.yama = 3;
	check_finding(&results, PROBE_PTRACE, DOCTOR_FAIL, "ptrace_scope is 3", "reboot");
	results.facts.yama = -1;
	check_finding(&results, PROBE_PTRACE, DOCTOR_FAIL, "PTRACE_SEIZE", "container");
}

static void test_injected_old_kernels_fail_or_warn(void)
{
	struct probe_results results = healthy();

	results.result[PROBE_KERNEL].value = 6 << 16;
	check_finding(&results, PROBE_KERNEL, DOCTOR_FAIL, "", "6.1");
	results.result[PROBE_KERNEL].value = 6 << 16 | 1;
	check_finding(&results, PROBE_KERNEL, DOCTOR_OK, "", NULL);
	fails(&results, PROBE_SYNC_WAKE_UP, EINVAL, "SECCOMP_IOCTL_NOTIF_SET_FLAGS");
	check_finding(&results, PROBE_SYNC_WAKE_UP, DOCTOR_WARN, "", "five times");
	fails(&results, PROBE_WAIT_KILLABLE, 0, "the call was interrupted");
	check_finding(&results, PROBE_WAIT_KILLABLE, DOCTOR_FAIL, "interrupted", "5.19");
	results.result[PROBE_LANDLOCK].value = 2;
	check_finding(&results, PROBE_LANDLOCK, DOCTOR_WARN, "ABI 2: device ioctls",
		      "newer kernel");
	results.result[PROBE_LANDLOCK].value = 5;
	check_finding(&results, PROBE_LANDLOCK, DOCTOR_WARN, "ABI 5: abstract", "newer kernel");
	fails(&results, PROBE_LANDLOCK, EOPNOTSUPP, "landlock_create_ruleset");
	check_finding(&results, PROBE_LANDLOCK, DOCTOR_FAIL, "not switched on", "lsm=");
	fails(&results, PROBE_LANDLOCK, ENOSYS, "landlock_create_ruleset");
	check_finding(&results, PROBE_LANDLOCK, DOCTOR_FAIL, "not built",
		      "CONFIG_SECURITY_LANDLOCK");
}

static void test_injected_io_uring_settings_are_named(void)
{
	struct probe_results results = healthy();

	fails(&results, PROBE_IO_URING, EPERM, "io_uring_setup");
	check_finding(&results, PROBE_IO_URING, DOCTOR_FAIL, "io_uring_setup", "container");
	results.facts.io_uring_disabled = 1;
	check_finding(&results, PROBE_IO_URING, DOCTOR_FAIL, "disabled is 1", "io_uring_group");
	/* 1 holds ordinary users back only: for root something else was the cause. */
	results.facts.root = true;
	check_finding(&results, PROBE_IO_URING, DOCTOR_FAIL, "io_uring_setup", "container");
	results.facts.io_uring_disabled = 2;
	check_finding(&results, PROBE_IO_URING, DOCTOR_FAIL, "disabled is 2",
		      "io_uring_disabled=0");
}

static void test_limits_warn_below_and_not_at_them(void)
{
	struct probe_results results = healthy();

	results.result[PROBE_DESCRIPTORS].value = 4096;
	check_finding(&results, PROBE_DESCRIPTORS, DOCTOR_OK, "4096", NULL);
	results.result[PROBE_DESCRIPTORS].value = 4095;
	check_finding(&results, PROBE_DESCRIPTORS, DOCTOR_WARN, "4095", "raise");
	results.result[PROBE_DESCRIPTORS].value = -1;
	check_finding(&results, PROBE_DESCRIPTORS, DOCTOR_OK, "no limit", NULL);
	results.result[PROBE_BWRAP].value = 7999;
	check_finding(&results, PROBE_BWRAP, DOCTOR_WARN, "", "0.8.0");
}

int main(void)
{
	RUN(test_a_healthy_machine_has_nothing_to_mend);
	RUN(test_what_was_not_tried_is_no_success);
	RUN(test_every_failure_has_words_and_a_remedy);
	RUN(test_injected_wsl2_is_told_from_a_nested_listener);
	RUN(test_injected_settings_against_user_namespaces_are_named);
	RUN(test_injected_yama_scopes_are_told_apart);
	RUN(test_injected_old_kernels_fail_or_warn);
	RUN(test_injected_io_uring_settings_are_named);
	RUN(test_limits_warn_below_and_not_at_them);
	return check_summary();
}
