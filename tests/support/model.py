#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A model that is a script: it has an agent read a file, write one, run a command and commit.

    model.py LOG

Speaks Anthropic's Messages, OpenAI's Responses and Chat Completions, and Gemini's generateContent, each
streamed. It keeps no state: how far a conversation is shows in how many results it holds. What was read
comes back in what is to be written, so the agent must really have read it. Prints its port; LOG gets one
line of JSON a request. Where no tools are offered (titles, summaries, probes) it answers with a word.
"""
import http.server
import json
import re
import sys

NONCE = re.compile(r"nonce-[0-9a-f]+")
RUN = "wc -l <input.txt >count.txt && id -u >uid.txt"
COMMIT = "git add output.txt count.txt && git commit -qm 'by the agent'"
DONE = "All is done."

# How each kind of agent calls its tools; the first that it offers is taken.
READ = {
    "Read": lambda at: {"file_path": f"{at}/input.txt"},
    "read": lambda at: {"filePath": f"{at}/input.txt"},
    "read_file": lambda at: {"file_path": f"{at}/input.txt"},
}
WRITE = {
    "Write": lambda at, text: {"file_path": f"{at}/output.txt", "content": text},
    "write": lambda at, text: {"filePath": f"{at}/output.txt", "content": text},
    "write_file": lambda at, text: {"file_path": f"{at}/output.txt", "content": text},
    "apply_patch": lambda at, text: f"*** Begin Patch\n*** Add File: output.txt\n+{text}*** End Patch\n",
}
SHELL = {
    "Bash": lambda text: {"command": text, "description": "run it"},
    "bash": lambda text: {"command": text, "description": "run it"},
    "run_shell_command": lambda text: {"command": text, "description": "run it"},
    "exec_command": lambda text: {"cmd": text},
    "shell_command": lambda text: {"command": text},
    "shell": lambda text: {"command": ["bash", "-c", text]},
}


def step(tools, results, at):
    """The next call: a name and its arguments; None at the end. results: texts, in order."""
    def pick(table, *words):
        for name, arguments in table.items():
            if name in tools:
                return name, arguments(*words)
        return None

    nonce = NONCE.search("".join(results))
    copy = f"copy of {nonce[0]}\n" if nonce else "nothing was read\n"
    if len(results) == 0:
        return pick(READ, at) or pick(SHELL, "cat input.txt")
    if len(results) == 1:
        return pick(WRITE, at, copy) or pick(SHELL, f"printf '{copy.strip()}\\n' >output.txt")
    return pick(SHELL, RUN if len(results) == 2 else COMMIT) if len(results) < 4 else None


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value)


class Anthropic:
    path = re.compile(r"/v1/messages$")

    @staticmethod
    def read(body):
        parts = [part for message in body["messages"] if isinstance(message["content"], list)
                 for part in message["content"]]
        return ({tool.get("name") for tool in body.get("tools", [])},
                [text_of(part.get("content", "")) for part in parts if part["type"] == "tool_result"])

    @staticmethod
    def answer(body, call, count):
        usage = {"input_tokens": 10, "output_tokens": 10}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
                   "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
        if call:
            block = {"type": "tool_use", "id": f"toolu_{count}", "name": call[0], "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(call[1])}
            whole = dict(block, input=call[1])
        else:
            block = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": DONE}
            whole = {"type": "text", "text": DONE}
        reason = "tool_use" if call else "end_turn"
        if not body.get("stream"):
            return dict(message, content=[whole], stop_reason=reason)
        return [("message_start", {"message": message}),
                ("content_block_start", {"index": 0, "content_block": block}),
                ("content_block_delta", {"index": 0, "delta": delta}),
                ("content_block_stop", {"index": 0}),
                ("message_delta", {"delta": {"stop_reason": reason, "stop_sequence": None},
                                   "usage": usage}),
                ("message_stop", {})]


class Responses:
    path = re.compile(r"/v1/responses$")

    @staticmethod
    def read(body):
        return ({tool.get("name") or tool["type"] for tool in body.get("tools", [])},
                [text_of(item.get("output", "")) for item in body["input"]
                 if item.get("type", "").endswith("_call_output")])

    @staticmethod
    def answer(body, call, count):
        if call and isinstance(call[1], str):
            item = {"type": "custom_tool_call", "call_id": f"call_{count}", "name": call[0],
                    "input": call[1], "id": f"item_{count}", "status": "completed"}
        elif call:
            item = {"type": "function_call", "call_id": f"call_{count}", "name": call[0],
                    "arguments": json.dumps(call[1]), "id": f"item_{count}", "status": "completed"}
        else:
            item = {"type": "message", "role": "assistant", "id": f"item_{count}", "status": "completed",
                    "content": [{"type": "output_text", "text": DONE, "annotations": []}]}
        usage = {"input_tokens": 10, "output_tokens": 10, "total_tokens": 20,
                 "input_tokens_details": {"cached_tokens": 0},
                 "output_tokens_details": {"reasoning_tokens": 0}}
        response = {"id": f"resp_{count}", "object": "response", "created_at": 1, "model": body["model"],
                    "status": "completed", "output": [item], "usage": usage}
        if not body.get("stream"):
            return response
        begun = dict(response, status="in_progress", output=[], usage=None)
        return [("response.created", {"response": begun}),
                ("response.output_item.added", {"output_index": 0, "item": item}),
                ("response.output_item.done", {"output_index": 0, "item": item}),
                ("response.completed", {"response": response})]


class Chat:
    path = re.compile(r"/v1/chat/completions$")

    @staticmethod
    def read(body):
        return ({tool["function"]["name"] for tool in body.get("tools", [])},
                [text_of(message["content"]) for message in body["messages"]
                 if message["role"] == "tool"])

    @staticmethod
    def answer(body, call, count):
        said = {"role": "assistant", "content": None if call else DONE}
        if call:
            said["tool_calls"] = [{"index": 0, "id": f"call_{count}", "type": "function", "function": {
                "name": call[0], "arguments": json.dumps(call[1])}}]
        head = {"id": "chat_1", "created": 1, "model": body["model"]}
        usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
        reason = "tool_calls" if call else "stop"
        if not body.get("stream"):
            return dict(head, object="chat.completion", usage=usage, choices=[
                {"index": 0, "message": said, "finish_reason": reason}])
        head["object"] = "chat.completion.chunk"
        return [(None, dict(head, choices=[{"index": 0, "delta": said, "finish_reason": None}])),
                (None, dict(head, choices=[{"index": 0, "delta": {}, "finish_reason": reason}],
                            usage=usage)),
                (None, "[DONE]")]


class Gemini:
    path = re.compile(r"/v1(beta|alpha)?/models/[^:]+:(streamG|g)enerateContent$")

    @staticmethod
    def read(body):
        parts = [part for content in body["contents"] for part in content.get("parts", [])]
        return ({function["name"] for tool in body.get("tools", [])
                 for function in tool.get("functionDeclarations", [])},
                [text_of(part["functionResponse"]["response"]) for part in parts
                 if "functionResponse" in part])

    @staticmethod
    def answer(body, call, count):
        part = {"text": DONE}
        if call:
            part = {"functionCall": {"name": call[0], "args": call[1], "id": f"call_{count}"}}
        answer = {"candidates": [{"index": 0, "finishReason": "STOP",
                                  "content": {"role": "model", "parts": [part]}}],
                  "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 10,
                                    "totalTokenCount": 20},
                  "modelVersion": "scripted"}
        return [(None, answer)] if body["stream"] else answer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        try:
            body = json.loads(body)
        except ValueError:
            body = {}
        for api in (Anthropic, Responses, Chat, Gemini):
            if api.path.search(path):
                self.converse(api, path, body)
                return
        self.note(path, body, "not known")
        self.reply({"input_tokens": 10, "totalTokens": 10})

    def do_GET(self):
        self.note(self.path, None, "not known")
        self.reply({"data": [], "models": []})

    do_HEAD = do_GET

    def converse(self, api, path, body):
        if api is Gemini:
            body["stream"] = ":stream" in path
        tools, results = api.read(body)
        call = step(tools, results, sys.argv[2]) if tools else None
        self.note(path, body, {"tools": sorted(filter(None, tools)), "results": len(results), "call": call})
        answer = api.answer(body, call, len(results))
        if not isinstance(answer, list):
            self.reply(answer)
            return
        text = ""
        for event, data in answer:
            if event:
                data = dict(data, type=event)
                text += f"event: {event}\n"
            text += f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n"
        self.reply(text, "text/event-stream")

    def note(self, path, body, said):
        line = {"path": path, "host": self.headers.get("Host"), "said": said}
        if len(sys.argv) > 3:
            line["body"] = body
        with open(sys.argv[1], "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def reply(self, value, kind="application/json"):
        data = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
