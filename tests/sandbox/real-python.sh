#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Python: a virtual environment, unittest, multiprocessing of each kind, asyncio, sqlite, tempfile.
# timeout: 240
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || skip "needs python3-venv"

both_ways <<'END'
/usr/bin/python3 -m venv env
. env/bin/activate
python -c 'import sys, os; print(os.path.basename(sys.prefix))'
pip --version | cut -d ' ' -f 1
mkdir package
printf 'from setuptools import setup\nsetup(name="thing", version="1", py_modules=["thing"])\n' >package/setup.py
echo 'value = 7' >package/thing.py
pip install -q --no-index --no-build-isolation --disable-pip-version-check ./package && python -c 'import thing; print(thing.value)'
deactivate

cat >test_things.py <<'PY'
import asyncio, concurrent.futures, ctypes, fcntl, glob, json, logging.handlers, mmap, os
import multiprocessing as mp, pathlib, pickle, pty, select, shutil, signal, socket, sqlite3
import subprocess, sys, tempfile, threading, unittest, zipfile, tarfile

def double(n):
    return 2 * n

def put(queue, n):
    queue.put(n)

class Things(unittest.TestCase):
    def test_pools(self):
        for kind in "fork", "spawn", "forkserver":
            with mp.get_context(kind).Pool(2) as pool:
                self.assertEqual(pool.map(double, range(20)), list(range(0, 40, 2)))

    def test_manager(self):
        with mp.Manager() as manager:
            shared = manager.dict()
            shared["a"] = 1
            self.assertEqual(dict(shared), {"a": 1})

    def test_queue_and_shared_memory(self):
        from multiprocessing import shared_memory
        queue = mp.Queue()
        workers = [mp.Process(target=put, args=(queue, i)) for i in range(4)]
        for w in workers: w.start()
        self.assertEqual(sorted(queue.get(timeout=20) for _ in workers), [0, 1, 2, 3])
        for w in workers: w.join()
        memory = shared_memory.SharedMemory(create=True, size=4096)
        again = shared_memory.SharedMemory(name=memory.name)
        memory.buf[0] = 9
        self.assertEqual(again.buf[0], 9)
        again.close(); memory.close(); memory.unlink()

    def test_semaphores(self):
        lock, value = mp.Lock(), mp.Value("i", 3)
        with lock: value.value += 1
        self.assertEqual(value.value, 4)

    def test_executors(self):
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            self.assertEqual(list(pool.map(double, [1, 2])), [2, 4])

    def test_asyncio(self):
        async def work():
            p = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
            out, _ = await p.communicate(b"text")
            shells = [await asyncio.create_subprocess_shell(f"exit {i}") for i in range(5)]
            return out, [await s.wait() for s in shells]
        self.assertEqual(asyncio.run(work()), (b"text", [0, 1, 2, 3, 4]))

    def test_asyncio_server(self):
        async def work():
            async def serve(r, w):
                w.write(await r.readline()); w.close()
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            r, w = await asyncio.open_connection(*server.sockets[0].getsockname())
            w.write(b"line\n")
            line = await r.readline()
            w.close(); server.close()
            return line
        self.assertEqual(asyncio.run(work()), b"line\n")

    def test_sqlite(self):
        db = sqlite3.connect("data.db")
        self.assertEqual(db.execute("pragma journal_mode=wal").fetchone()[0], "wal")
        db.execute("create table t (n integer primary key, s text)")
        with db: db.executemany("insert into t (s) values (?)", [(str(i),) for i in range(1000)])
        other = sqlite3.connect("data.db")
        self.assertEqual(other.execute("select count(*) from t").fetchone()[0], 1000)
        other.close()
        db.execute("vacuum")
        db.close()
        self.assertFalse(os.path.exists("data.db-wal"))

    def test_tempfile(self):
        with tempfile.TemporaryFile() as f: f.write(b"x")
        with tempfile.NamedTemporaryFile(dir=".") as f: self.assertTrue(os.path.exists(f.name))
        with tempfile.TemporaryDirectory() as d: pathlib.Path(d, "f").write_text("x")
        self.assertFalse(os.path.exists(d))

    def test_shutil(self):
        os.makedirs("a/b/c")
        pathlib.Path("a/b/c/f").write_text("x")
        os.chmod("a/b/c/f", 0o640)
        shutil.copytree("a", "z")
        shutil.move("z", "y")
        shutil.make_archive("y", "gztar", "y")
        shutil.unpack_archive("y.tar.gz", "x")
        self.assertEqual(os.stat("x/b/c/f").st_mode & 0o777, 0o640)
        self.assertTrue(shutil.disk_usage(".").free > 0)
        for d in "axy": shutil.rmtree(d)

    def test_locks(self):
        with open("lock", "w") as a, open("lock", "w") as b:
            fcntl.flock(a, fcntl.LOCK_EX)
            with self.assertRaises(BlockingIOError): fcntl.flock(b, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_mmap(self):
        with open("mapped", "w+b") as f:
            f.truncate(8192)
            with mmap.mmap(f.fileno(), 0) as m: m[0:3] = b"abc"
            f.seek(0)
            self.assertEqual(f.read(3), b"abc")

    def test_pty(self):
        pid, fd = pty.fork()
        if pid == 0: os.execlp("sh", "sh", "-c", "tty >/dev/null && stty size && echo in a pty")
        text = b""
        try:
            while chunk := os.read(fd, 100): text += chunk
        except OSError: pass
        os.waitpid(pid, 0)
        self.assertIn(b"in a pty", text)

    def test_fifo(self):
        os.mkfifo("fifo")
        child = subprocess.Popen(["sh", "-c", "echo through >fifo"])
        with open("fifo") as f: self.assertEqual(f.read(), "through\n")
        self.assertEqual(child.wait(), 0)

    def test_unix_socket(self):
        s = socket.socket(socket.AF_UNIX); s.bind("unix.sock"); s.listen()
        c = socket.socket(socket.AF_UNIX); c.connect("unix.sock")
        p, _ = s.accept(); c.sendall(b"x"); self.assertEqual(p.recv(1), b"x")
        socket.send_fds(c, [b"f"], [0]); self.assertEqual(len(socket.recv_fds(p, 1, 1)[1]), 1)
        for o in s, c, p: o.close()

    def test_signals(self):
        got = []
        signal.signal(signal.SIGALRM, lambda *a: got.append(1))
        # Until the enforcer has picked a call up a signal interrupts it, and a handler without
        # SA_RESTART sees an EINTR that rename never gives bare: a limit of user notification.
        signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, .005, .005)
        for i in range(300):
            with open("churn", "w") as f: f.write("x")
            os.rename("churn", "churned")
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.assertTrue(got)

    def test_time_stamps(self):
        pathlib.Path("stamp").touch()
        os.utime("stamp", (1, 2)); self.assertEqual(os.stat("stamp").st_mtime, 2)

    def test_errors(self):
        for error, call in ((FileNotFoundError, lambda: open("missing")),
                            (IsADirectoryError, lambda: open(".", "w")),
                            (FileExistsError, lambda: os.mkdir(".")),
                            (NotADirectoryError, lambda: open(__file__ + "/x"))):
            with self.assertRaises(error): call()

    def test_ctypes_loads(self):
        self.assertTrue(ctypes.CDLL("libc.so.6").getpid() > 0)

if __name__ == "__main__":
    unittest.main()
PY
/usr/bin/python3 -m unittest -q test_things 2>result || { cat result; false; }
tail -n 1 result
/usr/bin/python3 -m compileall -q . && ls __pycache__
/usr/bin/python3 -m zipapp -h >/dev/null
END
