# shellcheck shell=dash
# In the guest: one command of truecount again and again under Debian's strace, each time with one kind of system call failing.
# usage: sh inject.sh middle|all|guard ARGUMENT-OF-TRUECOUNT...
#
# middle: each kind of system call fails once, at its middle use.  all: at its first use in main, its middle one, its last,
# and from the first on.  guard: each that the process makes which restores a register, one after the other.  Each with each
# of the errors below.
#
# Prints "undisturbed status=… verdict=…", "injections=NUMBER", and a line for each of them:
#   injected call=… calls=… when=… error=… made=FAILURES status=… verdict=… left=PROCESSES debugctl=kept|BEFORE-AFTER
#     errors=LINES said=…
# The status is truecount's, 128 + the signal that killed it, or 137 where it did not end.
which=$1
shift
PATH=$PWD:$PATH

# The first thing that truecount's main does is to look at its streams.
first_call_of_main='fcntl(0, F_GETFD'

# What does not fail on Linux, and running out of memory in malloc(3), upon which the Swift runtime ends every program: the
# same as in Tests/EndToEndTests/TracedSystemCalls.swift.
excluded=' brk munmap futex exit_group execve getpid getppid gettid getuid geteuid rt_sigreturn '

# The errors that the manual pages name for the calls that decide most, and EIO for all others.
errors_of() {
  case $1 in
    perf_event_open) echo EACCES EPERM ENOSYS ENOSPC EMFILE ENODEV ENOENT EBUSY EINVAL;;
    ioctl) echo EBADF EINVAL;;
    mmap) echo EPERM ENOMEM;;
    clone|clone3) echo EAGAIN;;
    ptrace) echo EPERM ESRCH;;
    wait4|waitid) echo ECHILD EINTR;;
    write) echo ENOSPC EPIPE;;
    read|openat|access|newfstatat) echo EACCES;;
    *) echo EIO;;
  esac
}

# Kernel threads have no executable, and what truecount forks keeps its own.
left_over() {
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/exe")" = "$PWD/truecount" ] && echo "${process#/proc/}"
  done
}
debug_control() { ./groundtruth | awk '$2 == 473 { print $3 }'; }
# One that was left over stays so, and all that come after say it too.
before=$(debug_control)

# outcome COMMAND...: the rest of a line.
outcome() {
  timeout -s KILL 240 "$@" > /tmp/output 2> /tmp/errors < /dev/null
  status=$?
  # A guard that outlives what it guards restores the register and goes; it has two seconds.
  tries=20
  while [ -n "$(left_over)" ] && [ "$tries" -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  processes=$(left_over)
  # shellcheck disable=SC2086  # one argument a process
  [ -z "$processes" ] || kill -9 $processes
  after=$(debug_control)
  [ "$before" = "$after" ] && register=kept || register=$before-$after
  verdict=$(sed -n -E 's/^(ACCURATE|FAULTY|INCONCLUSIVE|UNSUPPORTED|NOTHING DIFFERS|DIFFERS) .*/\1/p' /tmp/output | tr ' ' -)
  # That a fault is induced is always said.
  grep -v '^truecount: --induce: setting bit' /tmp/errors > /tmp/said
  echo "status=$status verdict=${verdict:-none} left=$(echo "$processes" | wc -w) debugctl=$register errors=$(wc -l < /tmp/said)" \
    "said=$(head -1 /tmp/said)"
}

# What the guard does when it restores can fail for it alone: strace joins it while it waits for that.
cat > /tmp/with-guard <<'END'
options=$1
shift
truecount "$@" &
truecount=$!
guard=
while [ -z "$guard" ] && kill -0 $truecount 2> /dev/null; do
  sleep 0.1
  guard=$(cat /proc/[0-9]*/stat 2> /dev/null | awk -v parent=$truecount '$4 == parent && $6 == $1 { print $1 }')
done
strace -o /tmp/injected $options -p "$guard" 2> /dev/null &
wait $truecount
END

# Processes are followed for the guard's sake alone: traced by strace, none can be traced by truecount.
follow=
[ "$which" = guard ] && follow=-f
# shellcheck disable=SC2086  # nothing, or one option
echo "undisturbed $(outcome strace $follow -o /tmp/trace truecount "$@")"
if [ "$which" = guard ]; then
  # It is the one process that leaves its session.
  guard=$(awk '$2 ~ /^setsid/ { print $1 }' /tmp/trace)
  sed "s/^$guard *//" /tmp/trace > /tmp/of-guard
  mv /tmp/of-guard /tmp/trace
  first_call_of_main='close('
fi
awk -v marker="$first_call_of_main" -v excluded="$excluded" '
  index($0, marker) == 1 { main = 1 }
  match($0, /^[a-z_0-9]+\(/) {
    name = substr($0, 1, RLENGTH - 1)
    if (!(name in calls)) order[++kinds] = name
    calls[name]++
    if (!main) early[name]++
  }
  END {
    for (i = 1; i <= kinds; i++) {
      name = order[i]
      if (calls[name] > early[name] && !index(excluded, " " name " ")) print name, early[name] + 1, calls[name]
    }
  }' /tmp/trace > /tmp/kinds
while read -r name first last; do
  middle=$(((first + last) / 2))
  case $which in
    middle) occurrences=$middle;;
    guard) occurrences=$(seq "$first" "$last");;
    *)
      occurrences=$(printf '%s\n' "$first" "$middle" "$last" | uniq)
      [ "$first" = "$last" ] || occurrences="$occurrences $first+";;
  esac
  for when in $occurrences; do
    for error in $(errors_of "$name"); do
      # Who is told forever that a signal came goes on forever.
      case $error$when in EINTR*+) continue;; esac
      echo "$name $last $when $error"
    done
  done
done < /tmp/kinds > /tmp/injections
echo "injections=$(wc -l < /tmp/injections)"
while read -r name last when error; do
  : > /tmp/injected
  options="-e trace=$name -e inject=$name:error=$error:when=$when"
  # shellcheck disable=SC2086  # they are words
  case $which$name in
    guardpread64|guardpwrite64) said=$(outcome sh /tmp/with-guard "$options" "$@");;
    *) said=$(outcome strace $follow -o /tmp/injected $options truecount "$@");;
  esac
  echo "injected call=$name calls=$last when=$when error=$error made=$(grep -c '(INJECTED)' /tmp/injected) $said"
done < /tmp/injections
