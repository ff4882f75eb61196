# shellcheck shell=dash
# In the guest: what perf stat and perf record say about a known number of branches.
# Exit status: 0 if 1000000 more branches are counted as 1000000 more, and sampled as often.
event=cpu/event=0xc4,umask=0x01/u
grep -q AuthenticAMD /proc/cpuinfo && event=cpu/event=0xd1/u
echo 0 > /proc/sys/kernel/randomize_va_space    # the start-up code is the same each time
count() {
  perf stat -x, -o /tmp/stat -e $event ./pmutest branches n="$1" > /dev/null &&
    awk -F, '/^[0-9]/ { print $1 }' /tmp/stat
}
a=$(count 1000000) && b=$(count 2000000) || exit 1
echo "perf stat: $a and $b, $((b - a)) more (want 1000000)"
perf record -q -c 10000 -e $event -o /tmp/data ./pmutest branches n=2000000 > /dev/null || exit 1
samples=$(perf script -i /tmp/data -F ip | grep -c .)
echo "perf record: $samples samples (want $((b / 10000)))"
[ $((b - a)) = 1000000 ] && [ "$samples" = $((b / 10000)) ]
