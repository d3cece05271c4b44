#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Go: a static program is built, vetted and tested inside, and runs.
# needs: go gcc
# timeout: 240
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
cat >go.mod <<'GO'
module example.org/thing
go 1.19
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

func Double(n int) int { return 2 * n }

func main() {
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			name := fmt.Sprintf("out-%d", i)
			if err := os.WriteFile(name, []byte(name), 0644); err != nil {
				panic(err)
			}
			if out, err := exec.Command("cat", name).Output(); err != nil || string(out) != name {
				panic(err)
			}
			os.Remove(name)
		}(i)
	}
	wg.Wait()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { c, _ := net.Dial("tcp", l.Addr().String()); c.Write([]byte("x")); c.Close() }()
	c, _ := l.Accept()
	b := make([]byte, 1)
	c.Read(b)
	files, _ := filepath.Glob("*.go")
	fmt.Println("go", string(b), files)
	if _, err := os.Open("missing"); err != nil {
		fmt.Println(err)
	}
}
GO
cat >main_test.go <<'GO'
package main

import ("testing"; "os")

func TestDouble(t *testing.T) {
	if Double(2) != 4 || os.WriteFile(t.TempDir()+"/f", nil, 0600) != nil {
		t.Fatal()
	}
}
GO
export GOFLAGS=-mod=mod GOTOOLCHAIN=local GOPROXY=off
CGO_ENABLED=0 go build -o static . && ./static
go vet .
go test . | cut -f 1,2
go run .
printf 'package main\n// int f(void) { return 5; }\nimport "C"\nimport "fmt"\nfunc main() { fmt.Println(C.f()) }\n' >c.go.txt
mkdir cgo && mv c.go.txt cgo/c.go && go run ./cgo
END
# The person's own cache is neither read nor written: what lies there runs outside later.
expect_output /tmp/.cache/go-build in_sandbox go env GOCACHE
