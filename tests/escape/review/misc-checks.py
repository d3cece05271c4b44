# SPDX-License-Identifier: Apache-2.0
# Things that were tried and refused. Run inside: python3 misc-checks.py
import os, ctypes, socket, fcntl, struct, errno
libc = ctypes.CDLL(None, use_errno=True)
def t(name, f):
    try: r = f(); print("%-44s -> %r" % (name, r if not isinstance(r, bytes) else r[:60]))
    except OSError as e: print("%-44s -> %s" % (name, e.strerror))
def rd(p, fl=os.O_RDONLY):
    fd = os.open(p, fl); 
    try: return os.read(fd, 200)
    finally: os.close(fd)
def opath(p):
    fd = os.open(p, os.O_PATH|os.O_NOFOLLOW); return fd
t("read /etc/shadow", lambda: rd("/etc/shadow"))
t("O_PATH shadow, reopen by /proc/self/fd", lambda: rd("/proc/self/fd/%d" % opath("/etc/shadow")))
t("/proc/self/root/etc/shadow", lambda: rd("/proc/self/root/etc/shadow"))
t("/proc/1/root/etc/shadow", lambda: rd("/proc/1/root/etc/shadow"))
t("O_PATH /proc/1/root", lambda: os.open("/proc/1/root", os.O_PATH))
t("O_PATH /proc/1/cwd", lambda: os.open("/proc/1/cwd", os.O_PATH))
t("list /proc/1/fd", lambda: os.listdir("/proc/1/fd"))
t("/proc/1/mem", lambda: os.open("/proc/1/mem", os.O_RDONLY))
t("/proc/self/mem rdwr", lambda: os.open("/proc/self/mem", os.O_RDWR))
t("/proc/self/uid_map w", lambda: os.open("/proc/self/uid_map", os.O_WRONLY))
t("/proc/self/attr/current w", lambda: os.open("/proc/self/attr/current", os.O_WRONLY))
t("/proc/sysrq-trigger w", lambda: os.open("/proc/sysrq-trigger", os.O_WRONLY))
t("/proc/sys/kernel/core_pattern w", lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
t("/proc/kmsg", lambda: os.open("/proc/kmsg", os.O_RDONLY|os.O_NONBLOCK))
t("/sys/kernel/uevent_helper w", lambda: os.open("/sys/kernel/uevent_helper", os.O_WRONLY))
t("/sys/power/state w", lambda: os.open("/sys/power/state", os.O_WRONLY))
t("/proc/self/ns/net", lambda: os.open("/proc/self/ns/net", os.O_RDONLY))
t("O_PATH /proc/self/ns/net reopen", lambda: rd("/proc/self/fd/%d" % os.open("/proc/self/ns/net", os.O_PATH)))
t("/proc/self/map_files", lambda: rd("/proc/self/map_files/" + os.listdir("/proc/self/map_files")[0]))
t("mknod chr", lambda: os.mknod("dev1", 0o20666, os.makedev(1, 1)))
t("chmod 4755", lambda: (open("suid","w").close(), os.chmod("suid", 0o4755), oct(os.stat("suid").st_mode)))
t("open mode 06755", lambda: (os.close(os.open("suid2", os.O_CREAT|os.O_WRONLY, 0o6755)), oct(os.stat("suid2").st_mode)))
t("link shadow", lambda: os.link("/etc/shadow", "lk"))
t("link shadow by /proc/self/fd", lambda: os.link("/proc/self/fd/%d" % opath("/etc/shadow"), "lk", follow_symlinks=True))
def tmpfile():
    fd = os.open(".", os.O_TMPFILE|os.O_RDWR, 0o700); os.write(fd, b"x"); os.link("/proc/self/fd/%d" % fd, ".envrc", follow_symlinks=True); return "linked"
t("O_TMPFILE + linkat to .envrc", tmpfile)
def tmpren():
    open("e1","w").close(); os.rename("e1", ".envrc"); return "renamed"
t("rename to .envrc", tmpren)
def memfd():
    fd = libc.memfd_create(b"x", 0x10); os.write(fd, open("/usr/bin/true","rb").read()); os.chmod(fd, 0o755); os.execve("/proc/self/fd/%d" % fd, ["true"], {})
t("exec of a memfd", memfd)
def shm():
    open("/dev/shm/t","wb").write(open("/usr/bin/true","rb").read()); os.chmod("/dev/shm/t",0o755); os.execve("/dev/shm/t",["t"],{})

t("dgram unix", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
def con(a):
    s = socket.socket(socket.AF_UNIX); s.connect(a); return s.getpeername()
for p in ("/run/dbus/system_bus_socket", "/run/docker.sock"): t("connect " + p, lambda p=p: con(p))
t("TIOCSTI", lambda: fcntl.ioctl(0, 0x5412, b"x"))
t("write audit dir", lambda: os.listdir(os.path.expanduser("~/.local/state/callgate")))
t("/proc/self/fd/1 reopen rdwr", lambda: os.open("/proc/self/fd/1", os.O_RDWR))
t("unlink /dev/callgate/shim", lambda: os.unlink("/dev/callgate/shim"))
t("open /dev/callgate/shim w", lambda: os.open("/dev/callgate/shim", os.O_WRONLY))
