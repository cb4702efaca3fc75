#!/usr/bin/env bash
# Node.js 20.20.2 and 26.12.1: a MessagePort gives no turn to timers or other ports until all that was queued when it
# began is served, and never before 1,000 messages.
#
# In browsers each message is a task of its own, and timers and other ports come between them. Node hands a port's
# messages over in one go: as many as were waiting, or 1,000 if they were fewer, with what arrives meanwhile counted
# in. A limit was brought in so that two ports that answer each other do not keep everything else waiting for good
# (https://github.com/nodejs/node/pull/29315); the documentation of `worker_threads` does not speak of it, and it is no
# limit for what has piled up: with 50,000 messages waiting, another port is heard after the last of them. So a
# worker that gives way "with a message to itself" (as `scheduler.yield` is made up in browsers) does not give way:
# what came by another port, such as the wish to stop, is heard 1,000 slices later. `setImmediate` between the slices
# lets it in at once.
#
# Needs Node.js with npm and a network; on the platforms of which npm has Node as a package.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >ports.mjs <<'JS'
import { MessageChannel } from "node:worker_threads";

/** How many messages of a port were served when another port, and a timer, had their first turn. */
async function turns(queued, answers, answer = (post) => post()) {
  const [busy, other] = [new MessageChannel(), new MessageChannel()];
  const total = queued + answers;
  let served = 0;
  let sent = queued;
  const at = { port: 0, timer: "" };
  await new Promise((done) => {
    busy.port1.on("message", () => {
      served++;
      if (served === 1) setTimeout(() => (at.timer = served > 999 ? "past 999" : "before"), 0);
      if (sent < total) answer(() => busy.port2.postMessage(0), sent++);
      if (served === total) setTimeout(done, 20);
    });
    other.port1.on("message", () => (at.port = served));
    for (let i = 0; i < queued; i++) busy.port2.postMessage(0);
    other.port2.postMessage(0);
  });
  for (const { port1 } of [busy, other]) port1.close();
  return at;
}

console.log("one message, whose answer is the next:", JSON.stringify(await turns(1, 4999)));
console.log("the same by way of setImmediate:", JSON.stringify(await turns(1, 4999, setImmediate)));
console.log("50,000 that wait:", JSON.stringify(await turns(50_000, 0)));
JS
expected='one message, whose answer is the next: {"port":1000,"timer":"past 999"}
the same by way of setImmediate: {"port":1,"timer":"before"}
50,000 that wait: {"port":50000,"timer":"past 999"}'
platform=$(node -p 'process.platform + "-" + process.arch')
for version in 20.20.2 26.12.1; do
  mkdir "$version"
  (cd "$version" && npm init -y >/dev/null &&
    npm install --silent --ignore-scripts --save-exact "node-$platform@$version" >/dev/null)
  found=$("$version/node_modules/node-$platform/bin/node" ports.mjs)
  printf 'Node.js %s\n%s\n' "$version" "$found"
  [[ $found == "$expected" ]] || {
    echo "Node.js does otherwise now" >&2
    exit 1
  }
done
