#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""wired.py ADDRESS GATEWAY COMMAND...: in a fresh network namespace, waits for the cable (a line on the
standard input), takes both addresses, and becomes COMMAND ADDRESS."""
import os
import subprocess
import sys

address, gateway, *command = sys.argv[1:]
print("apart", flush=True)
sys.stdin.readline()
subprocess.run(["ip", "-batch", "-"], text=True, check=True,
               input=f"link set lo up\nlink set far addrgenmode none up\naddress add {address}/29 dev far\n"
                     f"address add {gateway}/29 dev far\nroute add local default dev lo\n")
os.execvp(command[0], [*command, address])
