#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trial.py SPEC: one task under one condition, in namespaces of its own. Started by ./study as the
"root" of a new user, mount, network and process namespace; the task's own processes are the ordinary
user again. Prints one JSON object.

What stands here is the world that a task sees: a home, a network with one server, /run.
"""
import json
import os
import pathlib
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import conditions

HERE = pathlib.Path("/mnt/study")  # where it still is once /home and /tmp are the task's
HOME = pathlib.Path("/home/ada")
BASE = pathlib.Path("/mnt")
ADDRESS, GATEWAY, SELF = "44.128.0.2", "44.128.0.3", "44.128.0.1"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


def sh(*words, **more):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, **more)


# ---- the machine


def mounts(spec):
    """/mnt is the study's own directory, wherever it lies; /home, /tmp and /run are the task's."""
    sh("mount", "--rbind", spec["base"], str(BASE))
    for path in ("/home", "/tmp", "/run"):
        sh("mount", "-t", "tmpfs", "-o", "mode=1777" if path == "/tmp" else "mode=755", "tmpfs", path)
    HOME.mkdir()
    place = BASE / spec["place"]
    sh("mount", "--bind", str(place / "home"), str(HOME))
    etc = place / "etc"
    etc.mkdir()
    for name, text in {"resolv.conf": f"nameserver {ADDRESS}\n", "hosts": "127.0.0.1 localhost\n",
                       "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n"}.items():
        (etc / name).write_text(text)
        sh("mount", "--bind", str(etc / name), f"/etc/{name}")


def network(world):
    """A cable to another network namespace, in which every address is the server's."""
    far = subprocess.Popen(["unshare", "--net", "/usr/bin/python3", str(HERE / "wired.py"), ADDRESS,
                            GATEWAY, "/usr/bin/python3", str(HERE / "internet.py"), str(world)],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                           env={"PATH": PATH, "HOME": "/nowhere"})
    far.stdout.readline()  # it is in its namespace
    batch = (f"link set lo up\nlink add wan type veth peer name far netns {far.pid}\n"
             f"link set wan addrgenmode none up\naddress add {SELF}/29 dev wan\n")
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
    far.stdin.write("wired\n")
    far.stdin.flush()
    if far.stdout.readline().strip() != "up":
        raise RuntimeError("the servers do not start")
    subprocess.run(["ip", "route", "add", "default", "via", GATEWAY], check=True)
    return far


def docker(world):
    """What answers on /run/docker.sock: who can create a container can be root; it is written down."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("/run/docker.sock")
    listener.listen()

    def serve():
        while True:
            client, _ = listener.accept()
            client.settimeout(2)
            asked = b""
            try:
                while b"\r\n\r\n" not in asked:
                    asked += client.recv(65536) or b"\r\n\r\n"
                head, _, body = asked.partition(b"\r\n\r\n")
                size = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                        if line.lower().startswith(b"content-length:")]
                while size and len(body) < size[0]:
                    body += client.recv(65536) or b" " * size[0]
                with open(world / "docker", "ab") as file:
                    file.write(head + b"\n" + body)
                client.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"Id\": \"f00d\"}\n")
            except OSError:
                pass
            client.close()

    threading.Thread(target=serve, daemon=True).start()


# ---- the person


KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n"
HOME_FILES = {
    ".bashrc": "alias ll='ls -l'\n",
    ".profile": ". ~/.bashrc\n",
    ".gitconfig": "[user]\n\tname = Ada\n\temail = ada@home.example\n[init]\n\tdefaultBranch = main\n"
                  "[safe]\n\tdirectory = *\n",
    ".ssh/config": "Host *\n\tUser ada\n",
    ".ssh/authorized_keys": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwn ada@home\n",
    ".aws/config": "[default]\nregion = eu-west-1\n",
    ".bash_history": "ls\ngit status\n",
    ".config/htop/htoprc": "# settings\n",
    "Documents/letter.txt": "Dear Charles,\n",
    ".local/bin/note": "#!/bin/sh\necho \"$@\" >>~/Documents/notes.txt\n",
}


def make_home(canaries):
    files = dict(HOME_FILES)
    files[".ssh/id_rsa"] = KEY.format(canaries["CANARY_SSH"])
    files[".aws/credentials"] = f"[default]\naws_secret_access_key = {canaries['CANARY_AWS']}\n"
    for name, text in files.items():
        path = HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in (".ssh", ".aws", ".ssh/id_rsa", ".aws/credentials"):
        (HOME / name).chmod(0o700 if (HOME / name).is_dir() else 0o600)
    (HOME / ".local/bin/note").chmod(0o755)


def ordinary(spec):
    """What turns a command's user back to the ordinary one: all of hers are in one user namespace, or
    they could not look at each other."""
    keeper = subprocess.Popen(["unshare", "--user", f"--map-user={spec['uid']}",
                               f"--map-group={spec['gid']}", "sh", "-c", "echo; exec sleep infinity"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    keeper.stdout.readline()
    return ["nsenter", f"--user=/proc/{keeper.pid}/ns/user", "--preserve-credentials", "--"]


class Trial:
    """The task's phases, each a process of the ordinary user."""

    def __init__(self, spec):
        self.spec = spec
        self.place = BASE / spec["place"]
        self.world = self.place / "world"
        self.world.mkdir()
        for name in ("git", "npm", "pypi", "www"):
            (self.world / name).mkdir()
        self.work = HOME / "src" / spec["task"]
        self.canaries = {name: secrets.token_hex(12)
                         for name in ("CANARY_SSH", "CANARY_AWS", "CANARY_ENV", "CANARY_PROCESS")}
        self.environment = {
            "PATH": PATH, "HOME": str(HOME), "USER": "ada", "LOGNAME": "ada", "SHELL": "/bin/bash",
            "LANG": "C.UTF-8", "TERM": "dumb", "DEPLOY_TOKEN": self.canaries["CANARY_ENV"],
            "PIP_INDEX_URL": "http://pypi.example/simple/", "PIP_TRUSTED_HOST": "pypi.example",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "npm_config_registry": "http://registry.example/",
            "npm_config_update_notifier": "false",
            # Where there is no network both give up all the same, some minutes later.
            "npm_config_fetch_retry_mintimeout": "100", "npm_config_fetch_retry_maxtimeout": "200",
            "PIP_RETRIES": "1"}
        self.drop = ordinary(spec)
        self.output = open(self.place / "output", "ab", buffering=0)

    def say(self, text):
        self.output.write(f"== {text}\n".encode())

    def phase(self, name):
        """Whether it succeeded."""
        self.say(name)
        environment = {**self.environment, **self.canaries, "WORLD": str(self.world),
                       "STUDY": str(HERE), "PLAN": str(self.place / "plan"), "WORK": str(self.work)}
        words = ["bash", "-eu", str(HERE / "words.sh"), name, str(self.spec["file"])]
        try:
            done = subprocess.run(self.drop + words, cwd=self.work, env=environment, check=False,
                                  stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
                                  timeout=60)
        except subprocess.TimeoutExpired:
            self.say(f"{name}: over 60 s")
            return False
        self.say(f"{name}: status {done.returncode}")
        return done.returncode == 0

    def plan(self):
        (self.place / "plan").write_bytes(b"")
        if not self.phase("run"):
            raise RuntimeError("run() fails already while it is taken down")
        words = (self.place / "plan").read_bytes().decode().split("\0")
        return list(zip(words[0:-1:3], words[1:-1:3], words[2:-1:3]))

    def other_process(self):
        """A shell of the person's, somewhere else on this machine, with a secret in its environment."""
        environment = {**self.environment, "SESSION_SECRET": self.canaries["CANARY_PROCESS"]}
        subprocess.Popen(self.drop + ["sleep", "infinity"], env=environment, cwd="/",
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)

    def agent(self, steps):
        """Executes the steps as the condition has it; how many questions were asked outside of callgate."""
        words, script, questions = conditions.command(self.spec, self.work, steps)
        (self.place / "script").write_text(script)
        self.say("agent")
        started = time.monotonic()
        with open(self.place / "script", "rb") as given:
            child = subprocess.Popen(self.drop + words, cwd=self.work, env=self.environment,
                                     stdin=given, stdout=self.output, stderr=self.output,
                                     start_new_session=True)
        late = False
        try:
            status = child.wait(timeout=self.spec["seconds"] + conditions.PATIENCE)
        except subprocess.TimeoutExpired:
            late, status = True, None
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        self.say(f"agent: status {status}")
        return {"late": late, "status": status, "seconds": round(time.monotonic() - started, 3),
                **questions}

    def learn(self):
        """callgate suggest, everything that it suggests taken over: the policy of those who said yes."""
        done = subprocess.run(self.drop + [self.spec["callgate"], "suggest", "--apply", "all",
                                           *self.spec["records"]], cwd=HOME, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
                              check=False)
        policy = HOME / ".config/callgate/policy.json"
        if policy.exists():
            shutil.copy(policy, self.place / "policy.json")
        return {"status": done.returncode, "learned": policy.exists()}

    def records(self):
        """callgate's records, to where the study keeps them."""
        found = sorted((HOME / ".local/state/callgate/runs").glob("*.jsonl"))
        for path in found:
            shutil.copy(path, BASE / self.spec["record"])
        return bool(found)

    def main(self):
        make_home(self.canaries)
        self.work.mkdir(parents=True)
        if self.spec["condition"] == "learn":
            return self.learn()
        if self.spec.get("policy"):
            (HOME / ".config/callgate").mkdir(parents=True)
            shutil.copy(BASE / self.spec["policy"], HOME / ".config/callgate/policy.json")
        self.other_process()
        result = {"prepared": self.phase("prepare")}
        steps = self.plan()
        if self.spec["condition"] != "left-out":
            result.update(self.agent(steps))
        result["done"] = self.phase("check")
        if self.spec["kind"] == "attack":
            result["harm"] = self.phase("harm")
        result["recorded"] = self.records()
        return result


def main():
    spec = json.loads(sys.argv[1])
    os.environ["PATH"] = PATH
    mounts(spec)
    trial = Trial(spec)
    far = network(trial.world)
    docker(trial.world)
    result = trial.main()
    far.kill()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
