"""A server of gRPC, and a client that asks it; messages are bytes that nobody describes.

  grpc_peer.py serve            says its port
  grpc_peer.py call HOST:PORT TOKEN METHOD...    a line of JSON for each call; "token" is metadata of each
"""

import json
import sys
import threading
import time
from concurrent import futures

import grpc

SERVICE = "shop.Orders"


def text(value):
    """A message with one field, a string (its number 1)."""
    data = value.encode()
    out, count = b"\x0a", len(data)
    while count >= 0x80:
        out += bytes([count & 0x7F | 0x80])
        count >>= 7
    return out + bytes([count]) + data


def words(message):
    index, shift, count = 1, 0, 0
    while True:
        byte = message[index]
        count |= (byte & 0x7F) << shift
        index, shift = index + 1, shift + 7
        if byte < 0x80:
            break
    return message[index : index + count].decode()


def get_order(request, context):
    known = [name for name, _ in context.invocation_metadata()]
    context.set_trailing_metadata((("x-known", ",".join(sorted(known))),))
    return text("order " + words(request))


def list_orders(request, context):
    for number in range(5):
        yield text(f"order {number} " + "x" * (number * 20_000))


def upload(requests, context):
    return text(str(sum(len(words(request)) for request in requests)))


def chat(requests, context):
    for request in requests:
        yield text(words(request).upper())


def fail(request, context):
    context.abort(grpc.StatusCode.NOT_FOUND, "no such order: 5 % of für")


def mail(request, context):
    context.set_trailing_metadata((("x-who", "mia.koch@shop.example"),))
    yield text("write to ann.smith@shop.example today")
    yield text("or to bob@shop.example")


def serve():
    kinds = {
        "GetOrder": grpc.unary_unary_rpc_method_handler(get_order),
        "DeleteOrder": grpc.unary_unary_rpc_method_handler(get_order),
        "ListOrders": grpc.unary_stream_rpc_method_handler(list_orders),
        "Upload": grpc.stream_unary_rpc_method_handler(upload),
        "Chat": grpc.stream_stream_rpc_method_handler(chat),
        "GetFail": grpc.unary_unary_rpc_method_handler(fail),
        "ListMails": grpc.unary_stream_rpc_method_handler(mail),
    }
    server = grpc.server(futures.ThreadPoolExecutor(16))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, kinds),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


def call(place, token, methods):
    metadata = (("authorization", "Bearer " + token),)
    options = [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(place, options=options) as channel:

        def told(name, act):
            out = {"method": name}
            try:
                out["said"], known = act()
                out["trailers"] = {one.key: one.value for one in known.trailing_metadata() or ()}
                out["status"] = known.code().name
            except grpc.RpcError as error:
                out["status"], out["details"] = error.code().name, error.details()
            # At once: several threads tell.
            sys.stdout.write(json.dumps(out) + "\n")
            sys.stdout.flush()

        def one(name):
            path = f"/{SERVICE}/{name}"

            def unary():
                said, known = channel.unary_unary(path).with_call(text("7"), metadata=metadata, timeout=30)
                return words(said), known

            def stream():
                known = channel.unary_stream(path)(text("7"), metadata=metadata, timeout=30)
                return [words(said)[:60] for said in known], known

            def sent():
                parts = (text("part" * 10_000) for _ in range(20))
                said, known = channel.stream_unary(path).with_call(parts, metadata=metadata, timeout=30)
                return words(said), known

            def both():
                # Each message waits for the answer to the one before it.
                turn = threading.Semaphore(1)

                def ask():
                    for number in range(5):
                        turn.acquire()
                        yield text(f"word {number}")

                known = channel.stream_stream(path)(ask(), metadata=metadata, timeout=30)
                said = []
                for answer in known:
                    said.append(words(answer))
                    turn.release()
                return said, known

            shapes = {"ListOrders": stream, "ListMails": stream, "Upload": sent, "Chat": both}
            told(name, shapes.get(name, unary))

        for name in methods:
            if name == "parallel":
                threads = [threading.Thread(target=one, args=("GetOrder",)) for _ in range(40)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            else:
                one(name)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        call(sys.argv[2], sys.argv[3], sys.argv[4:])
