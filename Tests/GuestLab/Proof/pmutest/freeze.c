/*
 * What freezing at the overflow loses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pmutest.h"

void s_freeze(void)
{
    u64 skid = opt("skid", 10), expect = opt("expect", 1);
    static const u64 periods[] = { 1000000, 50000, 5000 };

    pin(0);
    exact("decjnz", COND, w_decjnz, 3000000, 3000000);
    for (int i = 0; i < 3; i++) {
        u64 p = periods[i], n = p * 200 + p / 2;
        Sampled s = sampled(COND, p, n, 1, w_decjnz);

        show("sample", p, n, &s);
        if (expect) {
            check(s.a == s.b && s.a < n, "both counters lose the same, %llu", U(n - s.a));
            check(n - s.a + n - s.b == s.d[R_LOSTFRZ],
                  "the loss is what the model lost, %llu", U(s.d[R_LOSTFRZ]));
            check(n - s.a <= skid * s.samples &&
                  n - s.a + 2 * skid >= skid * s.samples * 9 / 10,
                  "loss %llu of at most skid * PMIs = %llu", U(n - s.a), U(skid * s.samples));
        } else {
            check(s.a == n && s.b == n && !s.d[R_LOSTFRZ], "no loss");
        }
        check(!s.d[R_OVERRUN], "no overrun");
    }
    {
        u64 n = 100000;
        Sampled s = sampled(COND, 777, n, 1, w_syscall);
        show("sample+syscalls", 777, n, &s);
        check(n - s.a + n - s.b == s.d[R_LOSTFRZ], "the loss is what the model lost");
    }
}
