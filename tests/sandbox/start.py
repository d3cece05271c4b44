# SPDX-License-Identifier: Apache-2.0
"""The start of a sandbox and its wall, on the real kernel: what start-sandbox starts is as promised.

Run as root, each test runs twice: as root and as an ordinary user.
Usage: start.py START_SANDBOX SHIM [unittest arguments]
"""
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

START, SHIM = map(os.path.abspath, sys.argv[1:3])
ORDINARY = 61234  # needs no account


def gone(pid, within=10):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] in "ZX":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


class Start(unittest.TestCase):
    uid = os.geteuid()

    def setUp(self):
        # Not below /tmp: it is private inside.
        self.directory = tempfile.mkdtemp(prefix="callgate-start-", dir="/var/tmp")
        os.chown(self.directory, self.uid, self.uid)

    def tearDown(self):
        subprocess.run(["rm", "-rf", self.directory], check=True)

    def arguments(self, options):
        ids = {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.uid,
                                                   "extra_groups": []}
        return dict(env={"CALLGATE_TEST_SHIM": SHIM, "SECRET": "host"}, cwd="/",
                    **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                       "stderr": subprocess.PIPE, "text": True, **ids, **options})

    def start(self, *command, flags=(), **options):
        return subprocess.run([START, *flags, "--", *command], timeout=60,
                              **self.arguments(options))

    def spawn(self, *command, flags=(), **options):
        """Also waits until the agent was executed, and gives its and the keeper's pid."""
        process = subprocess.Popen([START, *flags, "--", *command], **self.arguments(options))
        words = process.stderr.readline().split()
        self.assertEqual(process.stderr.readline(), "start-sandbox: executed: yes\n")
        return process, int(words[4]), int(words[2])

    def script(self, name, text, mode=0o755):
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def test_exit_status_is_the_commands(self):
        for command, status in ((["/bin/true"], 0), (["sh", "-c", "exit 3"], 3),
                                (["sh", "-c", "kill -9 $$"], 137), (["no-such-command"], 127),
                                (["/no/such/command"], 127), ([""], 127), (["/etc/passwd"], 126),
                                (["/etc"], 126)):
            with self.subTest(command=command):
                self.assertEqual(self.start(*command).returncode, status)

    def test_a_script_without_interpreter_line_is_run_by_sh(self):
        path = self.script("plain", "echo $0 $1\n")
        self.assertEqual(self.start(path, "x").stdout, f"{path} x\n")

    def test_the_search_goes_on_after_a_directory_that_refuses(self):
        result = self.start("env", "true", flags=["--env", "PATH=/usr/bin"])
        self.assertEqual(result.returncode, 0)

    def test_the_environment_is_the_plans(self):
        self.assertEqual(self.start("/usr/bin/env", flags=["--env", "A=b"]).stdout, "A=b\n")

    def test_no_descriptor_above_2_stays(self):
        spare = os.open("/etc/passwd", os.O_RDONLY)
        os.set_inheritable(spare, True)
        # 3 is ls's own.
        result = self.start("/bin/ls", "/proc/self/fd", pass_fds=[spare])
        os.close(spare)
        self.assertEqual(result.stdout.split(), ["0", "1", "2", "3"])

    def test_there_are_no_privileges(self):
        status = dict(line.split(":\t", 1) for line in
                      self.start("cat", "/proc/self/status").stdout.splitlines() if ":\t" in line)
        for name in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")

    def test_signals_are_as_for_a_new_program(self):
        def ignore():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
        text = self.start("cat", "/proc/self/status", preexec_fn=ignore).stdout
        for name in "SigIgn", "SigBlk", "SigCgt":
            self.assertIn(f"{name}:\t{0:016x}\n", text)

    def test_cores_are_off_for_files_and_pipes(self):
        self.assertRegex(self.start("cat", "/proc/self/limits").stdout,
                         r"Max core file size +1 +1 ")

    def test_processes_and_network_are_its_own(self):
        result = self.start("sh", "-c", "echo $$; ls /sys/class/net /dev/pts >/dev/null;"
                                        "sed 1,2d /proc/net/dev | cut -d: -f1; ls -d /proc/[0-9]*")
        words = result.stdout.split()
        self.assertEqual(words[:2], ["2", "lo"])
        self.assertLess(len(words), 8)

    def test_the_hosts_tree_is_read_only_but_for_what_is_bound_writable(self):
        inner = os.path.join(self.directory, "inner")
        os.mkdir(inner)
        os.chown(inner, self.uid, self.uid)
        result = self.start("sh", "-c", f"echo a >{inner}/a; echo b >{self.directory}/b;"
                                        "echo c >/tmp/c && cat /tmp/c; echo d >/dev/d;"
                                        "echo e >/dev/shm/e && cat /dev/shm/e",
                            flags=["--write", inner])
        self.assertEqual(result.stdout, "c\ne\n")
        self.assertEqual(os.listdir(inner), ["a"])
        self.assertEqual(os.listdir(self.directory), ["inner"])
        self.assertEqual(result.stderr.count("Read-only file system"), 2)

    def test_the_working_directory_is_entered_or_nothing_starts(self):
        result = self.start("pwd", flags=["--cwd", "/usr/share"])
        self.assertEqual(result.stdout, "/usr/share\n")
        result = self.start("pwd", flags=["--cwd", "/no/such"])
        self.assertEqual((result.returncode, result.stdout), (125, ""))
        self.assertIn("cannot enter /no/such inside", result.stderr)

    def test_what_bwrap_complains_of_is_told(self):
        result = self.start("true", flags=["--write", "/no/such"])
        self.assertEqual(result.returncode, 125)
        self.assertIn("bubblewrap could not make the sandbox: bwrap: Can't find source path "
                      "/no/such", result.stderr)

    def test_streams_that_lead_out_are_refused(self):
        unix, peer = socket.socketpair()
        master, slave = pty.openpty()
        with socket.socket() as inet, unix, peer:
            cases = ((os.open("/", os.O_RDONLY), "a directory"),
                     (os.open("/etc/passwd", os.O_PATH), "an O_PATH descriptor"),
                     (inet.fileno(), "a network socket"), (slave, "a terminal"))
            for fd, what in cases:
                result = self.start("true", stdin=fd)
                self.assertEqual(result.returncode, 125, what)
                self.assertIn(f"standard input is {what}", result.stderr)
            for fd in unix.fileno(), os.open("/dev/zero", os.O_RDONLY):
                self.assertEqual(self.start("true", stdin=fd).returncode, 0)

    def test_closed_streams_become_dev_null(self):
        result = self.start("readlink", "/proc/self/fd/0", preexec_fn=lambda: os.close(0))
        self.assertEqual(result.stdout, "/dev/null\n")

    def test_the_terminal_is_the_sandboxs_own(self):
        command = "tty; stty size; : </dev/tty && echo open; ls /dev/console; ps -o tty= -p $$"
        result = self.start("sh", "-c", command, flags=["--terminal"])
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.replace("\r", "").splitlines()
        self.assertEqual(lines[:3], ["/dev/pts/0", "33 99", "open"])
        self.assertIn("No such file", lines[3])
        self.assertEqual(lines[4].strip(), "pts/0")

    def test_no_terminal_is_inherited_by_the_session(self):
        pid, master = pty.fork()
        if pid == 0:
            result = self.start("sh", "-c", ": </dev/tty")
            os._exit(0 if "No such device or address" in result.stderr else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        os.close(master)

    def test_a_signal_of_the_persons_terminal_does_not_reach_the_sandbox(self):
        # As Ctrl-C does: to the enforcer's whole process group, where it alone decides.
        process, agent, keeper = self.spawn("sleep", "1000", start_new_session=True)
        for pid in agent, keeper:
            self.assertNotEqual(os.getpgid(pid), process.pid)
        process.kill()
        self.assertTrue(gone(agent))
        process.communicate()

    def test_the_enforcers_death_ends_everything(self):
        process, agent, keeper = self.spawn("sh", "-c", "sleep 1000 & echo; sleep 1000")
        process.stdout.readline()
        process.kill()
        self.assertTrue(gone(keeper) and gone(agent))
        # End of file: no child is left that holds the pipe.
        ready, _, _ = select.select([process.stdout], [], [], 10)
        self.assertEqual((bool(ready), process.communicate()[0]), (True, ""))

    def test_the_keepers_death_ends_everything(self):
        process, agent, keeper = self.spawn("sleep", "1000")
        os.kill(keeper, signal.SIGKILL)
        self.assertTrue(gone(agent))
        process.communicate()
        self.assertNotEqual(process.returncode, 0)

    def test_no_child_outlives_the_run(self):
        marker = str(100000 + os.getpid())
        self.assertEqual(self.start("sh", "-c", f"setsid sleep {marker} >/dev/null 2>&1 & exit 5")
                         .returncode, 5)
        found = subprocess.run(["pgrep", "-fx", f"sleep {marker}"], stdout=subprocess.PIPE)
        self.assertEqual(found.stdout, b"")

    def start_by_policy(self, policy, *command):
        path = os.path.join(self.directory, "policy.json")
        with open(path, "w") as file:
            json.dump({"version": 1, **policy}, file)
        os.chmod(path, 0o644)
        return self.start(*command, flags=["--policy", path, "--cwd", self.directory])

    def test_the_wall_alone_holds_what_the_rules_say_for_good(self):
        for name in "key", "open", "secret/a":
            os.makedirs(os.path.dirname(f"{self.directory}/{name}"), exist_ok=True)
            self.script(name, "#!/bin/sh\necho ran\n")
        policy = {"rules": [{"deny": ["read", "write"], "path": ["${workspace}/key",
                                                                "${workspace}/secret"]},
                            {"allow": ["read", "write", "exec"], "path": "${workspace}"},
                            {"allow": ["read", "exec"], "path": "/usr"},
                            {"allow": ["read", "write"], "path": "/dev"}],
                  "otherwise": {"read": "deny", "write": "deny", "exec": "deny"}}
        script = ("for f in key open secret/a /etc/passwd; do cat $f >/dev/null && echo read $f;"
                  "done; ls secret; ./open; ./secret/a; echo x >new && echo wrote new;"
                  "echo x >secret/b; echo x >key; echo x >/usr/share/x; /bin/echo end")
        result = self.start_by_policy(policy, "sh", "-c", script)
        self.assertEqual(result.stdout.split("\n"),
                         ["read open", "ran", "wrote new", "end", ""], result.stderr)
        # As root too, reading is Landlock's to refuse and writing the mounts'.
        self.assertEqual(result.stderr.count("Read-only file system"), 3)

    def test_a_hidden_view_shows_only_what_rules_name(self):
        policy = {"view": "hidden",
                  "rules": [{"deny": ["read", "write", "exec"], "path": ["/etc/shadow", "/etc/ssl"]},
                            {"allow": "read", "path": "/etc"},
                            {"allow": ["read", "exec"], "path": "/usr"},
                            {"allow": ["read", "write"], "path": "${workspace}"}],
                  "otherwise": {"read": "deny", "write": "deny", "exec": "deny"}}
        script = ("ls -d /bin /etc /home /root /usr /var/log /etc/passwd /etc/ssl/certs 2>/dev/null;"
                  "stat -c %F /etc/shadow; stat -c %a /etc/ssl; touch /x /etc/x; touch here && ls")
        result = self.start_by_policy(policy, "sh", "-c", script)
        self.assertEqual(result.stdout.split("\n"),
                         ["/bin", "/etc", "/etc/passwd", "/usr", "character special file", "0",
                          "here", "policy.json", ""], result.stderr)
        self.assertEqual(result.stderr.count("Read-only file system"), 2)

    @unittest.skipIf(os.geteuid() != 0, "mounting on the host wants root")
    def test_later_mounts_of_the_host_do_not_appear(self):
        # In a mount namespace of the test's own, whose mounts propagate as a host's do.
        inside = ("import os,subprocess,sys; d,a=sys.argv[1],sys.argv[2:];"
                  "p=subprocess.Popen(a,stdin=-1,stdout=-1,stderr=-1,text=True,user=%d,group=%d);"
                  "p.stderr.readline();p.stderr.readline();"
                  "subprocess.run(['mount','-t','tmpfs','later',d],check=True);"
                  "open(d+'/leak','w').close(); print(p.communicate('\\n')[0])"
                  % (self.uid, self.uid))
        os.mkdir(f"{self.directory}/point")
        os.chmod(self.directory, 0o755)
        result = subprocess.run(
            ["unshare", "-m", "sh", "-c", 'mount --make-rshared / && exec "$@"', "sh",
             sys.executable, "-c", inside, f"{self.directory}/point", START, "--", "sh", "-c",
             f"read x; ls {self.directory}/point; echo done"],
            env={"CALLGATE_TEST_SHIM": SHIM, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, text=True,
            stdout=subprocess.PIPE, timeout=60)
        self.assertEqual(result.stdout.split(), ["done"])


def is_reachable():
    try:
        subprocess.run([START], user=ORDINARY, group=ORDINARY, extra_groups=[], cwd="/", env={},
                       stderr=subprocess.DEVNULL)
        return True
    except PermissionError:
        return False


if os.geteuid() == 0:
    @unittest.skipUnless(is_reachable(), "an ordinary user cannot reach the build directory")
    class StartAsOrdinaryUser(Start):
        uid = ORDINARY

if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
