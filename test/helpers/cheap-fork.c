/*
 * fork() as vfork(), for the workers of the tests. After a fork, a worker copies each page of memory to
 * which it writes: 20 ms and more for each git that it starts. vfork() lends the memory to the child
 * until that has become another program.
 *
 * Until then libuv's child writes to nothing that its parent reads later, but for `environ` and the
 * stack. Both are put back. Other programs use fork() in other ways, so none of those that a worker
 * starts gets this one.
 */
#include <errno.h>
#include <stdlib.h>

__attribute__((constructor)) static void keep_from_children(void)
{
	unsetenv("LD_PRELOAD");
}

__attribute__((used)) static int fail(int result)
{
	errno = -result;
	return -1;
}

#define STACK_WORDS "512"

__asm__(
	".lcomm kept_environ, 8\n"
	".lcomm kept_stack, 8 * " STACK_WORDS "\n"
	".text\n"
	".globl fork\n"
	".type fork, @function\n"
	"fork:\n"
	"	mov environ@GOTPCREL(%rip), %rax\n"
	"	mov (%rax), %rax\n"
	"	mov %rax, kept_environ(%rip)\n"
	"	mov %rsp, %rsi\n"
	"	lea kept_stack(%rip), %rdi\n"
	"	mov $" STACK_WORDS ", %ecx\n"
	"	rep movsq\n"
	"	mov $58, %eax\n" /* vfork */
	"	syscall\n"
	"	test %eax, %eax\n"
	"	jz in_child\n"
	"	lea kept_stack(%rip), %rsi\n"
	"	mov %rsp, %rdi\n"
	"	mov $" STACK_WORDS ", %ecx\n"
	"	rep movsq\n"
	"	mov environ@GOTPCREL(%rip), %rcx\n"
	"	mov kept_environ(%rip), %rdx\n"
	"	mov %rdx, (%rcx)\n"
	"	mov %eax, %edi\n"
	"	test %eax, %eax\n"
	"	js fail\n"
	"in_child:\n"
	"	ret\n"
	".size fork, . - fork\n"
);
