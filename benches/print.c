/* The least a plugin could do: print one line and wait to be ended. What `cargo xtask bench`
 * measures for it is the cost of starting any program at all. */

#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("1|6|unix|/nowhere|grpc|");
    fflush(stdout);
    pause();
    return 0;
}
