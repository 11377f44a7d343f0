#!/usr/bin/env python3
"""Writes a long transcript of one format: make-transcripts.py FORMAT MEGABYTES FILE

FORMAT is claude-code, codex, copilot or gemini-cli. Sizes are like those of real sessions: results of some kilobytes with
escaped line ends and quotation marks, short commands, now and then a file of 60 kilobytes that is written.
"""
import json
import random
import sys

SEED = 20261120


def text(rng, size):
    words = ['select', 'from', '"orders"', 'error:', '/srv/shop/app.py', '42', '{"a": 1}', 'naïve', 'ok', 'done\\n']
    lines, length = [], 0
    while length < size:
        line = ' '.join(rng.choice(words) for _ in range(rng.randint(3, 14)))
        lines.append(line)
        length += len(line) + 1
    return '\n'.join(lines)


def stamp(n):
    seconds = n // 10
    return '2026-11-%02dT%02d:%02d:%02d.%03dZ' % (
        1 + seconds // 86400 % 28, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, n % 10 * 100)


def claude(rng, texts):
    n, parent = 0, None
    while True:
        def record(kind, more):
            nonlocal n, parent
            n += 1
            uuid = '%08x-0000-4000-8000-%012x' % (n, n)
            value = {'parentUuid': parent, 'isSidechain': False, 'userType': 'external', 'cwd': '/srv/shop',
                     'sessionId': '5b0c2b6e-0000-4000-8000-000000000001', 'version': '2.1.62', 'gitBranch': 'main',
                     'type': kind, **more, 'uuid': uuid, 'timestamp': stamp(n)}
            parent = uuid
            return value
        yield record('user', {'message': {'role': 'user', 'content': rng.choice(texts)[:400]}})
        for _ in range(rng.randint(2, 16)):
            call = 'toolu_%024d' % n
            tool = rng.random()
            sent = ({'command': "psql -c 'select %d'" % n, 'description': 'count'} if tool < 0.8 else
                    {'file_path': '/srv/shop/x.py', 'content': rng.choice(texts) * 8})
            usage = {'input_tokens': 3, 'cache_creation_input_tokens': 12721, 'output_tokens': 9}
            message = {'model': 'claude-opus', 'id': 'msg_%d' % n, 'type': 'message', 'role': 'assistant',
                       'stop_reason': None, 'usage': usage}
            yield record('assistant', {'message': {**message, 'content': [{'type': 'text', 'text': rng.choice(texts)[:300]}]}})
            yield record('assistant', {'message': {**message, 'content': [
                {'type': 'tool_use', 'id': call, 'name': 'Bash' if tool < 0.8 else 'Write', 'input': sent}]}})
            for _ in range(rng.randint(0, 3)):
                yield record('progress', {'data': {'type': 'bash_progress', 'output': '', 'fullOutput': rng.choice(texts)[:200]},
                                          'toolUseID': 'bash-progress-0', 'parentToolUseID': call})
            result = rng.choice(texts)
            yield record('user', {'message': {'role': 'user', 'content': [
                {'tool_use_id': call, 'type': 'tool_result', 'content': result, 'is_error': False}]},
                'toolUseResult': {'stdout': result, 'stderr': '', 'interrupted': False, 'isImage': False}})


def codex(rng, texts):
    n = 0

    def record(kind, payload):
        nonlocal n
        n += 1
        return {'timestamp': stamp(n), 'type': kind, 'payload': payload}
    yield record('session_meta', {'id': '019ed836-0000-7000-8000-000000000001', 'timestamp': stamp(0), 'cwd': '/srv',
                                  'cli_version': '0.142.2', 'base_instructions': {'text': texts[0]}})
    while True:
        turn = 'turn-%d' % n
        yield record('event_msg', {'type': 'task_started', 'turn_id': turn})
        yield record('event_msg', {'type': 'user_message', 'message': rng.choice(texts)[:400]})
        for _ in range(rng.randint(2, 16)):
            call = 'call_%024d' % n
            yield record('response_item', {'type': 'reasoning', 'summary': [], 'encrypted_content': rng.choice(texts)[:900]})
            yield record('response_item', {'type': 'function_call', 'name': 'exec_command', 'call_id': call,
                                           'arguments': json.dumps({'cmd': "psql -c 'select %d'" % n, 'workdir': '/srv'})})
            yield record('response_item', {'type': 'function_call_output', 'call_id': call,
                                           'output': 'Wall time: 0.1\nProcess exited with code 0\nOutput:\n' + rng.choice(texts)})
            yield record('event_msg', {'type': 'token_count', 'info': {'last_token_usage': {'input_tokens': 1, 'output_tokens': 2}}})
        yield record('event_msg', {'type': 'agent_message', 'message': rng.choice(texts)[:500]})
        yield record('event_msg', {'type': 'task_complete', 'turn_id': turn})


def copilot(rng, texts):
    n = 0

    def record(kind, data):
        nonlocal n
        n += 1
        return {'type': kind, 'data': data, 'id': 'e%d' % n, 'timestamp': stamp(n), 'parentId': 'e%d' % (n - 1)}
    yield record('session.start', {'sessionId': 'c1', 'producer': 'copilot-agent', 'copilotVersion': '1.0.64',
                                   'startTime': stamp(0), 'context': {'cwd': '/srv'}})
    while True:
        yield record('user.message', {'content': rng.choice(texts)[:400], 'interactionId': 'i%d' % n})
        for _ in range(rng.randint(2, 16)):
            # Services never give one id twice: those of two transcripts differ.
            call = 'call_p%023d' % n
            sent = {'command': "psql -c 'select %d'" % n}
            yield record('assistant.message', {'messageId': 'm%d' % n, 'content': '', 'toolRequests': [
                {'toolCallId': call, 'name': 'bash', 'arguments': sent}]})
            yield record('tool.execution_start', {'toolCallId': call, 'toolName': 'bash', 'arguments': sent})
            result = rng.choice(texts)
            yield record('tool.execution_complete', {'toolCallId': call, 'success': True, 'result': {
                'content': result + '\n<shellId: 1 completed with exit code 0>', 'detailedContent': result}})


def gemini(rng, texts):
    n = 0
    yield {'sessionId': 'g1', 'projectHash': 'abc', 'startTime': stamp(0), 'kind': 'main'}
    while True:
        n += 1
        yield {'id': 'm%d' % n, 'timestamp': stamp(n), 'type': 'user', 'content': rng.choice(texts)[:400]}
        for _ in range(rng.randint(2, 16)):
            n += 1
            call = 'run_shell_command-%d' % n
            yield {'id': 'm%d' % n, 'timestamp': stamp(n), 'type': 'gemini', 'content': '', 'model': 'gemini-2.5-pro',
                   'toolCalls': [{'id': call, 'name': 'run_shell_command', 'args': {'command': 'psql -c 1'}, 'status': 'success',
                                  'timestamp': stamp(n), 'result': [{'functionResponse': {'id': call, 'response': {
                                      'output': 'Output: ' + rng.choice(texts) + '\nExit Code: 0'}}}]}]}


def main():
    kind, megabytes, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    rng = random.Random(SEED)
    texts = [text(rng, rng.choice([200, 800, 2500, 6000, 12000])) for _ in range(200)]
    make = {'claude-code': claude, 'codex': codex, 'copilot': copilot, 'gemini-cli': gemini}[kind]
    written = 0
    with open(path, 'w', encoding='utf-8') as file:
        for value in make(rng, texts):
            line = json.dumps(value, ensure_ascii=False, separators=(',', ':')) + '\n'
            file.write(line)
            written += len(line)
            if written >= megabytes * 1_000_000:
                break


if __name__ == '__main__':
    main()
