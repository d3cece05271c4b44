/* SPDX-License-Identifier: Apache-2.0 */
/* Why a sandbox did not start, in words that help. */
#include <errno.h>
#include <string.h>

#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "enforcer/base/text.h"
#include "enforcer/launch/handover.h"
#include "enforcer/launch/keeper.h"
#include "enforcer/launch/start-failure.h"

#define HINT_APPARMOR                                                                              \
	"unprivileged user namespaces are restricted (AppArmor: "                                  \
	"kernel.apparmor_restrict_unprivileged_userns); see: callgate doctor"

static const char *namespaces_hint(int error)
{
	switch (error) {
	case ENOSPC:
		return "user.max_user_namespaces is 0 or used up; see: callgate doctor";
	case EPERM:
	case EACCES:
		return "user namespaces are switched off (kernel.unprivileged_userns_clone), or "
		       "callgate itself runs in a container that refuses them; see: callgate "
		       "doctor";
	case EINVAL:
	case ENOSYS:
		return "this kernel is built without user namespaces";
	default:
		return "see: callgate doctor";
	}
}

int start_failure_of_keeper(int step, int error, const char *bwrap, struct failure *reterr)
{
	switch ((enum keeper_step)step) {
	case KEEPER_NAMESPACES:
		failure_hint(reterr, "%s", namespaces_hint(error));
		return failure_set(reterr, -error, "cannot make the outer user namespace: %s",
				   strerror(error));
	case KEEPER_MOUNTS:
		failure_hint(reterr, "%s", HINT_APPARMOR);
		return failure_set(reterr, -error, "cannot make the outer mounts private: %s",
				   strerror(error));
	case KEEPER_EXECUTE:
		failure_hint(reterr, "install bubblewrap: apt-get install bubblewrap");
		return failure_set(reterr, -error, "cannot execute %s: %s", bwrap, strerror(error));
	case KEEPER_DESCRIPTORS:
	case KEEPER_LIMITS:
	case KEEPER_FORK:
	case KEEPER_NONE:
		break;
	}
	return failure_set(reterr, -error, "cannot prepare the sandbox (step %d): %s", step,
			   strerror(error));
}

int start_failure_of_shim(unsigned step, int error, const char *cwd, struct failure *reterr)
{
	if (error <= 0)
		error = EPROTO;
	if (step == HANDOVER_STEP_CHDIR)
		return failure_set(reterr, -error, "cannot enter %s inside the sandbox: %s", cwd,
				   strerror(error));
	if (step == HANDOVER_STEP_FILTER && error == EINVAL)
		failure_hint(reterr, "the kernel is older than 5.19 or lacks seccomp user "
				     "notification; see: callgate doctor");
	else if (step == HANDOVER_STEP_FILTER && error == EBUSY)
		failure_hint(reterr, "callgate runs under another seccomp listener (a container, "
				     "WSL, another sandbox); the kernel allows one");
	else if (step == HANDOVER_STEP_LANDLOCK && (error == EOPNOTSUPP || error == ENOSYS))
		failure_hint(reterr, "Landlock is off; see: callgate doctor");
	else if (step == HANDOVER_STEP_LANDLOCK && error == ELOOP)
		failure_hint(reterr, "a directory of the policy became a symbolic link just now");
	return failure_set(reterr, -error, "the sandbox failed while %s: %s",
			   handover_step_name(step), strerror(error));
}

int start_failure_of_bwrap(const char *complaints, struct failure *reterr)
{
	static const struct {
		const char *part;
		const char *hint;
	} known[] = {
		{"Unexpected capabilities",
		 "callgate was started with capabilities but not as root"},
		{"setting up uid map", HINT_APPARMOR},
		{"No permissions to create", HINT_APPARMOR},
		{"Creating new namespace failed", HINT_APPARMOR},
		{"RTM_NEWADDR", HINT_APPARMOR},
		{"Can't mount proc",
		 "the /proc of this container is masked: an inner one cannot be "
		 "mounted; start the container without masked paths"},
		{"Unknown option", "this bubblewrap is too old; 0.8 is needed"},
		{"callgate-shim", "the shim is not executable for this user"},
	};
	_cleanup_(buffer_done) struct buffer text = {};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strstr(complaints, known[i].part)) {
			failure_hint(reterr, "%s", known[i].hint);
			break;
		}
	text_append_escaped(&text, complaints, strcspn(complaints, "\n"), FAILURE_TEXT_MAX / 2);
	return failure_set(reterr, -EIO, "bubblewrap could not make the sandbox: %s",
			   text.len ? text.data : "it ended without a word");
}
