"""Small proxies for row 36: HTTP CONNECT and SOCKS5 (RFC 1928, RFC 1929), each of which can misbehave or die; and a relay.

Whatever name is asked for, the way leads to 127.0.0.1: the program does not send loopback addresses through a proxy, so
the tests give their server a name that only the proxy knows.
"""
import socket
import threading


class Proxy:
    def __init__(self, port=0):
        self.lock, self.sockets, self.asked = threading.Lock(), set(), []
        self.carried = 0   # bytes from the client to the server
        self.listen(port)

    def listen(self, port):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.acceptAll, args=(self.listener,), daemon=True).start()

    def stop(self):
        """Dies: nobody listens, every connection is cut."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # a thread may be inside accept()
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            for one in self.sockets:
                self.cut(one)
            self.sockets.clear()

    def comeBack(self):
        self.listen(self.port)

    @staticmethod
    def cut(one):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def acceptAll(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.sockets.add(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            port = self.greet(client)
            if port:
                self.join(client, port)
        except OSError:
            pass
        finally:
            self.cut(client)

    def join(self, client, port):
        server = socket.create_connection(("127.0.0.1", port))
        with self.lock:
            self.sockets.add(server)
        self.accept(client)
        back = threading.Thread(target=self.pump, args=(server, client, False), daemon=True)
        back.start()
        self.pump(client, server, True)
        back.join()

    def pump(self, source, sink, isUp):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
                if isUp:
                    with self.lock:
                        self.carried += len(piece)
        except OSError:
            pass
        self.cut(sink)


def readUntil(client, end):
    head = b""
    while not head.endswith(end):
        piece = client.recv(1)
        if not piece:
            raise OSError("gone")
        head += piece
    return head


def readExactly(client, size):
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        if not piece:
            raise OSError("gone")
        data += piece
    return data


class ConnectProxy(Proxy):
    """@param mood: "works", "refuses" (502), "closes", "silent"."""

    def __init__(self, mood="works"):
        self.mood = mood
        super().__init__()

    def greet(self, client):
        head = readUntil(client, b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0].decode())
        if self.mood == "refuses":
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        elif self.mood == "silent":
            client.recv(1)
        elif self.mood == "works" and head.startswith(b"CONNECT "):
            return int(head.split(b" ")[1].rsplit(b":", 1)[1])
        return None

    def accept(self, client):
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")


class Relay(Proxy):
    """No proxy: whoever connects to it speaks with `target`. `host` may be ::1, where the fault server does not listen."""

    def __init__(self, target, host="::1"):
        self.target, self.host = target, host
        super().__init__()

    def listen(self, port):
        self.listener = socket.create_server((self.host, port), family=socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.acceptAll, args=(self.listener,), daemon=True).start()

    def greet(self, client):
        return self.target

    def accept(self, client):
        pass


class SocksProxy(Proxy):
    user, password = b"mule", b"carrot"

    def greet(self, client):
        _, count = readExactly(client, 2)
        methods = readExactly(client, count)
        if 2 not in methods:
            client.sendall(b"\x05\xff")
            return None
        client.sendall(b"\x05\x02")
        _, size = readExactly(client, 2)
        user = readExactly(client, size)
        password = readExactly(client, readExactly(client, 1)[0])
        isWelcome = (user, password) == (self.user, self.password)
        client.sendall(b"\x01\x00" if isWelcome else b"\x01\x01")
        if not isWelcome:
            return None
        _, command, _, kind = readExactly(client, 4)
        sizes = {1: 4, 4: 16}
        name = readExactly(client, sizes[kind] if kind in sizes else readExactly(client, 1)[0])
        port = int.from_bytes(readExactly(client, 2), "big")
        self.asked.append(f"{name.decode(errors='replace')}:{port}")
        return port if command == 1 else None

    def accept(self, client):
        client.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
