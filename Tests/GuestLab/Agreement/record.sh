# shellcheck shell=dash
# In the guest: sh record.sh NAME...: Debian's perf records, and what it wrote comes out as an archive, in base64.
#
# Prints "kernel RELEASE", "perf VERSION", then "data" and the archive on a line of its own.
event=cpu/event=0xc4,umask=0x01/u
branches=0xc4,umask=0x01 instructions=0xc0
grep -q AuthenticAMD /proc/cpuinfo && event=cpu/event=0xd1/u branches=0xd1
registers=ax,bx,cx,dx,si,di,bp,sp,ip,flags,cs,ss,r8,r9,r10,r11,r12,r13,r14,r15
# Before anyone else, then asleep: the ring is full, is emptied, and the next record says how many are lost.
# shellcheck disable=SC2016  # the shell that is recorded expands it
bursts='renice -n -20 $$
for burst in 1 2; do i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; sleep 0.2; done'
mkdir /tmp/recordings
echo "kernel $(uname -r)"
perf --version | sed 's/^perf version/perf/'

record() {
  # All on one CPU: where perf, which empties the ring, waits for its turn, the ring runs over.
  renice -n "$niceness" $$ > /tmp/errors
  taskset 1 perf record -q -N -B -T -o "/tmp/recordings/$name" "$@" > /tmp/errors 2>&1 ||
    { echo "perf cannot record $name: $(cat /tmp/errors)"; exit 1; }
}

for name; do
  case $name in lost*) niceness=19;; *) niceness=0;; esac
  case $name in
    plain) record -e $event -c 20011 -P -d --sample-cpu --user-regs=$registers ./pmutest branches n=200000;;
    read) record -e ${event}S -c 20011 --sample-identifier --user-regs=ax,ip ./pmutest branches n=200000;;
    group)
      record -e "{$event,cpu/event=$instructions/u}:S" -c 20011 -d -W --phys-data --data-page-size --code-page-size \
        --transaction --sample-cpu --sample-identifier --intr-regs=ax,ip --user-regs=$registers --switch-events \
        --call-graph dwarf,64 ./pmutest branches n=200000;;
    two)
      record -e cpu/event=$branches,period=20011/u -e cpu/event=$instructions,period=100003/u --sample-cpu -g \
        ./pmutest branches n=200000;;
    tasks) record -e $event -c 4001 --switch-events sh -c './pmutest branches n=20000 & perf bench sched pipe -T -l 20; wait';;
    wide)
      # Not on one CPU, so that records name both.
      perf record -q -N -B -T -o "/tmp/recordings/$name" -a -e $event -c 20011 --switch-events \
        sh -c './pmutest branches n=200000 & perf bench sched pipe -T -l 20; wait' > /tmp/errors 2>&1 ||
        { echo "perf cannot record $name: $(cat /tmp/errors)"; exit 1; };;
    lost) record -e $event -c 997 -m 1 sh -c "$bursts";;
    lost-read) record -e ${event}S -c 997 -m 1 --sample-identifier sh -c "$bursts";;
    compressed) record -z -e $event -c 2003 ./pmutest branches n=200000;;
    stack) record -e $event -c 2003 -b -P --sample-cpu ./pmutest branches n=20000;;
    calls)
      record -e ${event}S -c 2003 -j any_call,any_ret,u -d --user-regs=ax,ip --intr-regs=ip ./pmutest branches n=20000;;
    types) record -e $event -c 97 -j any,u,save_type -g ./pmutest branches n=1000;;
    throttled)
      # The kernel takes no limit of samples a second while that of their time is off (perf_event_max_sample_rate_handler()).
      echo 25 > /proc/sys/kernel/perf_cpu_time_max_percent
      echo 1000 > /proc/sys/kernel/perf_event_max_sample_rate
      # A child's event, which has a stream of its own beside its parent's id.
      record -e $event -c 500 --sample-cpu sh -c './pmutest branches n=3000000; true';;
    *) echo "no recording $name"; exit 1;;
  esac
done
echo data
tar cz -C /tmp/recordings . | base64 | tr -d '\n'
