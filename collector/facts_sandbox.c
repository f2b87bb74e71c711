// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_sandbox - what a recording would give up here, see sandbox.h */
#include "facts.h"
#include "sandbox.h"
#include "sandbox_filter.h"
#include "sandbox_landlock.h"

#define AREA "kernel"

void facts_sandbox(void)
{
	int landlock = sandbox_landlock_version();

	if (sandbox_filter_is_known())
		facts_add(AREA, "seccomp", FACT_ok, "filters");
	else
		facts_add(AREA, "seccomp", FACT_warn,
			  "absent: CONFIG_SECCOMP_FILTER; a recording keeps all system calls");
	if (landlock)
		facts_add(AREA, "landlock", FACT_ok, "version %d", landlock);
	else
		facts_add(AREA, "landlock", FACT_note,
			  "absent: CONFIG_SECURITY_LANDLOCK, since Linux 5.13");
	facts_add(AREA, "records-as", FACT_ok, "uid %u, gid %u, without capabilities",
		  sandbox_uid(), sandbox_gid());
}
