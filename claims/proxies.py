"""From which address a request came, behind so many proxies. Pure."""

import ipaddress

NOWHERE = "0.0.0.0"  # noqa: S104 - an address that could not be read, not one to listen on


def client_address(remote: str, forwarded: str, proxies: int) -> str:
    """The address that the outermost trusted proxy saw; a made-up header changes nothing.

    `remote` is who connected to us, `forwarded` the header X-Forwarded-For, to which each of
    `proxies` adds the address that it saw. An IPv4 address is written as one also where a socket
    for both families tells it as ::ffff:192.0.2.1: all of those share one IPv6 network.
    """
    chain = [hop.strip() for hop in forwarded.split(",") if hop.strip()] if proxies else []
    chain.append(remote)
    seen = chain[max(len(chain) - 1 - proxies, 0)].partition("%")[0]
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return NOWHERE
    return str(getattr(address, "ipv4_mapped", None) or address)
