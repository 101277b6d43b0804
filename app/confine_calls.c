/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine_calls: the door to libseccomp. What a sensor never asks of the kernel
 * and an intruder might is refused (EPERM); the rest is left alone, so that a
 * library's new habit does not end the sensor.
 */
#include "app/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__ /* which traces its own process for leaks */
#define TRACES
#else
#define TRACES SCMP_SYS(ptrace),
#endif

static const int refused[] = {
	/* other programs and processes */
	TRACES SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
	/* what the machine is */
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
	SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
	SCMP_SYS(fsmount), SCMP_SYS(chroot), SCMP_SYS(swapon),
	SCMP_SYS(swapoff), SCMP_SYS(reboot), SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(acct),
	SCMP_SYS(quotactl), SCMP_SYS(mknod), SCMP_SYS(mknodat),
	/* the kernel itself */
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(iopl),
	SCMP_SYS(ioperm), SCMP_SYS(syslog), SCMP_SYS(open_by_handle_at),
	/* keys, namespaces */
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
	SCMP_SYS(setns), SCMP_SYS(unshare)};

/* To look into a map it is asked for; without rights it does no more. */
static bool is_asked_for(const struct nrs_confine_options *o, int call)
{
	return o->uses_maps && call == SCMP_SYS(bpf);
}

bool nrs_confine_calls(const struct nrs_confine_options *o)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool good = filter != NULL;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused) && good; i++)
		good = is_asked_for(o, refused[i]) ||
		       seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
					refused[i], 0) == 0;
	good = good && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return good;
}
