"""Proxies that the environment names, as Java and Maven take them."""
import os
import re

from ferkit import jdk


def given() -> dict:
    """What HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, in small letters or capitals, name as proxies: by the scheme of what is fetched.
    One of another form than http://host:port is left out, for Maven and Java take no other."""
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}  # without the time that it takes to load what reads them
    from urllib.parse import urlsplit
    from urllib.request import getproxies_environment
    named, found = getproxies_environment(), {}
    for scheme in ("http", "https"):
        text = named.get(scheme) or named.get("all")
        if text:
            proxy = urlsplit(text if "://" in text else f"http://{text}")
            try:
                usable = proxy.scheme in ("http", "https") and proxy.hostname and proxy.port != 0
            except ValueError:
                usable = False
            if usable:
                found[scheme] = proxy
    return found


def credentials() -> dict:
    """Variables for the proxies' credentials, from which the library and Maven's settings take them. In capitals, the only letters in
    which Maven finds a variable on Windows."""
    from urllib.parse import unquote
    return {f"{scheme}_proxy_{name}".upper(): unquote(value) for scheme, proxy in given().items()
            for name, value in [("username", proxy.username), ("password", proxy.password)] if value}


def port(proxy) -> int:
    return proxy.port or (443 if proxy.scheme == "https" else 80)


def exceptions() -> str:
    """NO_PROXY's hosts, as Java and Maven take them: names and IPv4 addresses; Maven ends on others, such as [::1]."""
    entries = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    hosts = [host for host in (re.sub(r":\d+$", "", entry.strip()) for entry in entries) if re.fullmatch(r"[\w.*-]+", host)]
    return "|".join(["localhost", "127.*", *(form for host in hosts for form in
                                             ([host] if host == "*" else [host.lstrip("*."), f"*.{host.lstrip('*.')}"]))])


def properties() -> list:
    """The proxies as system properties. Their credentials are not among them: Java writes its options out, and Maven's are in its log."""
    options = [jdk.quoted(f"-D{scheme}.proxy{name}={value}") for scheme, proxy in given().items()
               for name, value in [("Host", proxy.hostname), ("Port", port(proxy))]]
    # Java's default refuses a proxy's password for https
    return [*options, jdk.quoted(f"-Dhttp.nonProxyHosts={exceptions()}"), "-Djdk.http.auth.tunneling.disabledSchemes="] if options else []
