#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Java: javac, jar, threads that start processes, files, a socket.
# needs: javac java jar
# timeout: 120
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

both_ways <<'END'
cat >Main.java <<'J'
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

public class Main {
	public static void main(String[] args) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(4);
		List<Future<Integer>> all = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			final int n = i;
			all.add(pool.submit(() -> new ProcessBuilder("sh", "-c", "exit " + n).start().waitFor()));
		}
		int sum = 0;
		for (Future<Integer> f : all) sum += f.get();
		pool.shutdown();
		System.out.println("sum " + sum);
		Files.writeString(Path.of("out.txt"), "text");
		Files.move(Path.of("out.txt"), Path.of("moved.txt"), StandardCopyOption.ATOMIC_MOVE);
		Path t = Files.createTempFile("x", "y");
		Files.delete(t);
		ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		new Thread(() -> { try (Socket c = new Socket(s.getInetAddress(), s.getLocalPort())) {
			c.getOutputStream().write(65); } catch (IOException e) { e.printStackTrace(); } }).start();
		try (Socket a = s.accept()) { System.out.println((char) a.getInputStream().read()); }
		try { new FileReader("missing"); } catch (FileNotFoundException e) { System.out.println(e.getMessage()); }
	}
}
J
javac -d classes Main.java
jar cfe main.jar Main -C classes .
java -jar main.jar
java Main.java | head -n 1
END
