// SPDX-License-Identifier: GPL-2.0-or-later
/* budget - memory for what the input brings along, with a bound */
#include "budget.h"

#include <stdlib.h>

void *budget_take(struct budget *budget, size_t size)
{
	void *memory = size <= budget->left ? calloc(1, size) : NULL;

	if (memory)
		budget->left -= size;
	else
		budget->refused++;
	return memory;
}

void budget_give(struct budget *budget, void *memory, size_t size)
{
	if (!memory)
		return;
	free(memory);
	budget->left += size;
}
